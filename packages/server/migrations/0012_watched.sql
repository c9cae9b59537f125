-- What Sluice watches of itself is asked every few seconds, and must cost nothing while there is none of it. Adds indexes only.
create index execution_dead on execution (completed_at) where status = 'DEAD';
create index delivery_dead on delivery (finished_at) where state = 'dead';
create index rejected_message_received on rejected_message (received_at);
