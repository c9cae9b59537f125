/** One line, and a text for people. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
}

interface Texts {
  resetPassword(link: string): MailText;
  confirmRegistration(link: string): MailText;
  registeredAlready(): MailText;
  confirmEmail(link: string): MailText;
  emailInUse(): MailText;
  emailChanged(to: string): MailText;
  invitation(organization: string, link: string): MailText;
}

const english: Texts = {
  resetPassword: (link) => ({
    subject: "Choose a new password",
    text: `Somebody, probably you, asked for a new password for your Sluice account. Choose it here within 30 minutes:\n\n${link}\n\nIf it was not you, do nothing: your password stays as it is.`,
  }),
  confirmRegistration: (link) => ({
    subject: "Confirm your e-mail address",
    text: `Welcome to Sluice. Confirm your e-mail address here within a day, and your account is open:\n\n${link}\n\nIf you asked for no account, do nothing.`,
  }),
  registeredAlready: () => ({
    subject: "You have an account already",
    text: "Somebody, probably you, tried to register this e-mail address with Sluice. It has an account already: sign in, or choose a new password if you have forgotten yours.",
  }),
  confirmEmail: (link) => ({
    subject: "Confirm your new e-mail address",
    text: `Confirm here within a day that you want to sign in to Sluice with this e-mail address:\n\n${link}\n\nIf you did not ask for it, do nothing.`,
  }),
  emailInUse: () => ({
    subject: "This e-mail address has an account already",
    text: "Somebody, probably you, wanted to use this e-mail address for another Sluice account. It has an account already, and nothing was changed.",
  }),
  emailChanged: (to) => ({
    subject: "Your e-mail address was changed",
    text: `You sign in to Sluice with ${to} from now on. If it was not you who changed that, tell an administrator at once.`,
  }),
  invitation: (organization, link) => ({
    subject: `Invitation to ${organization}`,
    text: `You are invited to join ${organization} on Sluice. Accept within seven days:\n\n${link}`,
  }),
};

const german: Texts = {
  resetPassword: (link) => ({
    subject: "Neues Passwort wählen",
    text: `Jemand, vermutlich Sie, hat für Ihr Sluice-Konto ein neues Passwort verlangt. Wählen Sie es hier innerhalb von 30 Minuten:\n\n${link}\n\nWenn Sie es nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.`,
  }),
  confirmRegistration: (link) => ({
    subject: "E-Mail-Adresse bestätigen",
    text: `Willkommen bei Sluice. Bestätigen Sie hier innerhalb eines Tages Ihre E-Mail-Adresse, dann ist Ihr Konto offen:\n\n${link}\n\nWenn Sie kein Konto verlangt haben, tun Sie nichts.`,
  }),
  registeredAlready: () => ({
    subject: "Sie haben schon ein Konto",
    text: "Jemand, vermutlich Sie, wollte diese E-Mail-Adresse bei Sluice anmelden. Sie hat schon ein Konto: Melden Sie sich an, oder wählen Sie ein neues Passwort, wenn Sie Ihres vergessen haben.",
  }),
  confirmEmail: (link) => ({
    subject: "Neue E-Mail-Adresse bestätigen",
    text: `Bestätigen Sie hier innerhalb eines Tages, dass Sie sich bei Sluice mit dieser E-Mail-Adresse anmelden wollen:\n\n${link}\n\nWenn Sie es nicht verlangt haben, tun Sie nichts.`,
  }),
  emailInUse: () => ({
    subject: "Diese E-Mail-Adresse hat schon ein Konto",
    text: "Jemand, vermutlich Sie, wollte diese E-Mail-Adresse für ein anderes Sluice-Konto benutzen. Sie hat schon ein Konto; nichts wurde geändert.",
  }),
  emailChanged: (to) => ({
    subject: "Ihre E-Mail-Adresse wurde geändert",
    text: `Sie melden sich bei Sluice von jetzt an mit ${to} an. Wenn nicht Sie das geändert haben, sagen Sie es gleich einer Administratorin oder einem Administrator.`,
  }),
  invitation: (organization, link) => ({
    subject: `Einladung zu ${organization}`,
    text: `Sie sind eingeladen, bei ${organization} auf Sluice mitzumachen. Nehmen Sie innerhalb von sieben Tagen an:\n\n${link}`,
  }),
};

/** Of whom no language is known, or one that has no texts, English is told. */
export function textsIn(language: string | undefined): Texts {
  return language?.split("-")[0] === "de" ? german : english;
}
