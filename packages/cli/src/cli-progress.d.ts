/** The part of cli-progress that is used here: the package ships no types. */
declare module "cli-progress" {
  export interface BarOptions {
    readonly format?: string;
    readonly hideCursor?: boolean;
    readonly stream?: NodeJS.WritableStream;
    readonly fps?: number;
  }
  export interface Preset {
    readonly barCompleteChar: string;
    readonly barIncompleteChar: string;
  }
  export const Presets: { readonly shades_classic: Preset };
  export class SingleBar {
    constructor(options: BarOptions, preset: Preset);
    start(total: number, value: number, payload?: object): void;
    update(value: number, payload?: object): void;
    stop(): void;
  }
}
