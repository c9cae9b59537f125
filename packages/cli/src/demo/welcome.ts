import type { SignIn } from "@sluice/simulator/fleet-tokens.ts";
import { TRY_OUT_UID } from "./irrigation-demo.ts";

export interface WelcomeFacts {
  readonly httpUrl: string;
  readonly mqttUrl: string;
  readonly signIn: SignIn;
  readonly tryOutToken: string;
  readonly home: string;
  /** Of the embedded database; undefined where there is none. */
  readonly dataDirectory: string | undefined;
}

/** What a person needs who sees Sluice for the first time, and nothing else. Every command works as it stands. */
export function welcome({ httpUrl, mqttUrl, signIn, tryOutToken, home, dataDirectory }: WelcomeFacts): string {
  const mqtt = new URL(mqttUrl);
  return `
  Sluice is running.

    Open       ${httpUrl}
    Sign in    ${signIn.email}
    Password   ${signIn.password}
    Token      ${tryOutToken}  (of the device ${TRY_OUT_UID})

  Six zones of a demo farm report their soil moisture through MQTT, and a day of theirs takes six minutes. When one falls
  below 10 %, its pump runs for 30 seconds, then rests for 15 minutes. On the first start that takes a minute or two; each
  start and stop is said below.

  Send a reading of your own:

    curl -X POST ${httpUrl}/api/sensors/data \\
      -H 'Authorization: Bearer ${tryOutToken}' -H 'Content-Type: application/json' \\
      -d '{"sensor_id":"${TRY_OUT_UID}","pH":7.2,"temp":15.4}'

    mosquitto_pub -h ${mqtt.hostname} -p ${mqtt.port} -q 1 -u ${TRY_OUT_UID} -P '${tryOutToken}' \\
      -t devices/${TRY_OUT_UID}/telemetry -m '{"pH":7.2,"temp":15.4}'

  Everything is kept in ${places(home, dataDirectory)}. Ctrl-C stops it; the next start goes on from here.

`;
}

/** PostgreSQL does not run as root, so root's database lies where another user can reach it. */
function places(home: string, dataDirectory: string | undefined): string {
  return dataDirectory === undefined || dataDirectory.startsWith(home) ? home : `${home} and ${dataDirectory}`;
}
