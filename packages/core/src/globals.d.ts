// The two text classes that every JavaScript runtime has (WHATWG Encoding), declared so that the pure packages can use
// them without the types of a particular runtime.
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  constructor(label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  decode(bytes: Uint8Array): string;
}
