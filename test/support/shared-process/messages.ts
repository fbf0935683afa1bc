/** A program and what it finds: the path of its module, its arguments, its whole environment, its folder. */
export type Program = {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
};

export type ToHost =
  | { readonly kind: "start"; readonly program: Program }
  | { readonly kind: "input"; readonly text: string }
  | { readonly kind: "end" };

/** `isClean`: nothing of the program is left that could touch the next one. */
export type FromHost =
  | { readonly kind: "stdout" | "stderr"; readonly text: string }
  | { readonly kind: "exit"; readonly code: number; readonly isClean: boolean };
