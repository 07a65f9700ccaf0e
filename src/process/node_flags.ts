// With what Node runs weir: the first line of main.ts says the same, for those who start the program itself.

/**
 * V8 keeps up to three semi-spaces of 16 MiB for young objects, and grows them while a thousand clients connect: memory
 * that a settled server never needs again. TypeScript only decides here, so 1 MiB (V8's own least) costs nothing that a
 * bench could show; `npm run bench -- memory` shows what it saves.
 */
export const nodeFlags: readonly string[] = ['--max-semi-space-size=1'];
