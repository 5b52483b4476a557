import { retirePrompts } from '../code/retire-prompts.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { print, printJson } from '../terminal/output.js';

/** Makes a version active, which may be an older one. */
export async function activatePromptCommand(
  name: string,
  version: number,
  flags: LedgerFlags,
): Promise<void> {
  const result = await (await connect(flags)).prompts.activate(name, version);
  if (flags.json === true) return printJson(result);
  await print(`${name}: version ${version} is active.`);
}

/** Frees the name. Versions and executions stay readable by id. */
export async function deletePromptCommand(name: string, flags: LedgerFlags): Promise<void> {
  await (await connect(flags)).prompts.delete(name);
  if (flags.json === true) return printJson({ deleted: name });
  await print(`${name} is deleted; its versions and executions stay readable by id.`);
}

/** Tells the ledger that code no longer has these prompts. */
export async function retirePromptsCommand(names: readonly string[], flags: LedgerFlags): Promise<void> {
  const retired = await retirePrompts(await connect(flags), names, { git: null, isDryRun: false });
  if (flags.json === true) return printJson({ retired });
  for (const { name, version, change_detected: isNew } of retired) {
    await print(`${name} ${isNew ? 'is' : 'was already'} retired; its version ${version} stays as it is.`);
  }
}
