import { BlockList, isIP } from "node:net";

/** The IANA IPv4 Special-Purpose Address Registry (RFC 6890 and its updates), multicast and what is reserved. */
const NOT_PUBLIC_IPV4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/**
 * Of IPv6 only what is routed (RFC 4291, section 2.4) can be public: that leaves out loopback, unique local, link-local,
 * multicast, IPv4-mapped and IPv4-compatible addresses and the prefixes of NAT64.
 */
const ROUTED_IPV6 = ["2000::", 3] as const;

/** Parts of it that lead elsewhere: protocol assignments with Teredo and ORCHID, documentation, 6to4. */
const NOT_PUBLIC_IPV6: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const notPublic = new BlockList();
for (const [network, bits] of NOT_PUBLIC_IPV4) notPublic.addSubnet(network, bits, "ipv4");
for (const [network, bits] of NOT_PUBLIC_IPV6) notPublic.addSubnet(network, bits, "ipv6");
const routed = new BlockList();
routed.addSubnet(...ROUTED_IPV6, "ipv6");

/** True for an address of the public internet; false for any other text. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !notPublic.check(address, "ipv4");
  if (family === 6) return !address.includes("%") && routed.check(address, "ipv6") && !notPublic.check(address, "ipv6");
  return false;
}
