/** The characters of an SMS: the default alphabet and its extension (3GPP TS 23.038, section 6.2.1). */
const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/** Each of these takes the room of two. */
const EXTENSION = "^{}\\[~]|€";
const BASIC_CHARACTERS = new Set(BASIC);
const EXTENSION_CHARACTERS = new Set(EXTENSION);

const REPLACEMENTS: Readonly<Record<string, string>> = {
  "–": "-",
  "—": "-",
  "…": "...",
  "‘": "'",
  "’": "'",
  "“": '"',
  "”": '"',
  "„": '"',
  "\u00a0": " ",
  "°": "deg ",
  µ: "u",
  μ: "u",
  "₂": "2",
  "₃": "3",
};

/** One message is this long; a longer one is paid as several. */
export const SMS_LENGTH = 160;

/** The text in one SMS: what its alphabet does not have is written otherwise, and what is too long is cut. */
export function toGsmText(text: string): string {
  const characters = [...text].flatMap((character) => [...spell(character)]);
  const room = lengthOf(characters) <= SMS_LENGTH ? SMS_LENGTH : SMS_LENGTH - 3;
  let length = 0;
  const kept = characters.filter((character) => {
    length += lengthOf([character]);
    return length <= room;
  });
  return kept.length === characters.length ? kept.join("") : `${kept.join("")}...`;
}

/** Units of the 160 that characters take. */
export function lengthOf(characters: readonly string[]): number {
  return characters.reduce((length, character) => length + (EXTENSION_CHARACTERS.has(character) ? 2 : 1), 0);
}

function spell(character: string): string {
  if (isKnown(character)) return character;
  const replaced = REPLACEMENTS[character] ?? character.normalize("NFD").replaceAll(/\p{M}/gu, "");
  return [...replaced].every(isKnown) && replaced !== "" ? replaced : "?";
}

function isKnown(character: string): boolean {
  return BASIC_CHARACTERS.has(character) || EXTENSION_CHARACTERS.has(character);
}
