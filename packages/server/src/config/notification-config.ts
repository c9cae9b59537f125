/** How this installation sends; what is undefined it cannot. */
export interface NotificationConfig {
  /** Webhooks that may lead to addresses which are not public: none, any, or those of these hosts (`host` or `host:port`). */
  readonly allowPrivate: AllowPrivate;
  readonly email: { readonly smtpUrl: string; readonly from: string } | undefined;
  readonly sms: { readonly smsUrl: string; readonly from: string } | undefined;
}

type AllowPrivate = "none" | "any" | ReadonlySet<string>;

export interface NotificationVariables {
  readonly allowPrivate: AllowPrivate | undefined;
  readonly smtpUrl: string | undefined;
  readonly smtpFrom: string | undefined;
  readonly smsUrl: string | undefined;
  readonly smsFrom: string | undefined;
}

/** A mail server that asks for no address of its own gets this one. */
const USUAL_SENDER = "sluice@localhost";

/** Adds what does not fit together to the problems. */
export function notificationConfig(given: NotificationVariables, problems: string[]): NotificationConfig {
  const { allowPrivate = "none", smtpUrl, smtpFrom, smsUrl, smsFrom } = given;
  if (smtpFrom !== undefined && smtpUrl === undefined) problems.push("SLUICE_SMTP_FROM needs SLUICE_SMTP_URL");
  if ((smsUrl === undefined) !== (smsFrom === undefined)) {
    problems.push("SLUICE_SMS_URL and SLUICE_SMS_FROM belong together: set both or neither");
  }
  return {
    allowPrivate,
    email: smtpUrl === undefined ? undefined : { smtpUrl, from: smtpFrom ?? USUAL_SENDER },
    sms: smsUrl === undefined || smsFrom === undefined ? undefined : { smsUrl, from: smsFrom },
  };
}

/** "true", "false", or hosts with a comma between them. */
export function allowPrivate(text: string): AllowPrivate {
  if (text === "true") return "any";
  if (text === "false") return "none";
  const hosts = text.split(",").map((host) => host.trim().toLowerCase());
  const wrong = hosts.find((host) => !/^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/.test(host));
  if (wrong !== undefined) {
    throw new Error(`must be true, false, or hosts such as "hub.lan,192.168.1.4:8123"; "${wrong}" is none`);
  }
  return new Set(hosts);
}

/** "ops@example.org", or "Sluice <ops@example.org>". */
export function mailbox(text: string): string {
  if (/^([^\p{Cc}<>"@]+ <[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/u.test(text)) return text;
  throw new Error(`must be an e-mail address, or a name and <address>, not "${text}"`);
}

/** A service that speaks as Twilio does; the text is never repeated, as it holds a password. */
export function smsService(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === "https:" || url?.protocol === "http:";
  if (isHttp && url.username !== "" && url.password !== "") return text;
  throw new Error("must be a URL with account and token, as in https://ACCOUNT:TOKEN@api.twilio.com");
}

export function smsSender(text: string): string {
  if (/^(\+[1-9]\d{6,14}|[A-Za-z0-9 ]{1,11})$/.test(text)) return text;
  throw new Error(`must be a number such as +4915112345678, or a name of at most 11 letters and digits, not "${text}"`);
}
