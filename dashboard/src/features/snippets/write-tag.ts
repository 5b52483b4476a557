/**
 * Writes how a template names a version of a snippet. Each argument passes on a variable of the same name.
 * @param args the names of the arguments.
 */
export function writeTag(name: string, versionNumber: number, args: readonly string[]): string {
  return `{% render ${[`"snippet/${name}@${versionNumber}"`, ...args.map((arg) => `${arg}: ${arg}`)].join(', ')} %}`;
}
