/** The fonts that come with pdfmake, as far as they are used here: style → file. */
declare module "pdfmake/fonts/Roboto.js" {
  const fonts: { readonly Roboto: Record<"normal" | "bold" | "italics" | "bolditalics", string> };
  export default fonts;
}
