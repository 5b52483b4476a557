import { readVariables, type VariableFlags } from './run-request.js';
import { connect } from '../terminal/connection.js';
import { coloursFor, indented, note, print, printable, printJson } from '../terminal/output.js';

export interface RenderFlags extends VariableFlags {
  readonly version?: number;
}

/** Renders a prompt as a provider would get it. Calls no provider, and stores nothing. */
export async function renderCommand(name: string, flags: RenderFlags): Promise<void> {
  const rendered = await (
    await connect(flags)
  ).prompts.render(name, {
    variables: await readVariables(flags),
    ...(flags.version === undefined ? {} : { version_number: flags.version }),
  });
  if (flags.json === true) return printJson(rendered);
  const { rendered_prompt: text, messages = [] } = rendered;
  const { bold } = coloursFor(process.stdout);
  const parts = messages.map(({ role, content }) => `${bold(role)}\n${indented(content)}`);
  await print(text === undefined ? parts.join('\n\n') : printable(text));
  note(coloursFor(process.stderr).dim(`version ${rendered.version_number} · ${rendered.checksum_hash}`));
}
