import { readModel } from '../executions/run-request.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { print, printJson, printTable } from '../terminal/output.js';

export async function listModelsCommand(flags: LedgerFlags): Promise<void> {
  const { data: models } = await (await connect(flags)).models.list();
  if (flags.json === true) return printJson(models);
  await printTable(
    ['model', 'max tokens', 'streams'],
    models.map((model) => [model.id, model.max_tokens, model.supports_streaming ? 'yes' : 'no']),
  );
}

export interface AllowModelFlags extends LedgerFlags {
  readonly maxTokens?: number;
  /** Commander's `--no-streaming`. */
  readonly streaming: boolean;
}

/** Allows a model. Omitted settings of a model that is already allowed are unchanged. */
export async function allowModelCommand(id: string, flags: AllowModelFlags): Promise<void> {
  const { provider, model_name: modelName } = await readModel(id, flags);
  const model = await (
    await connect(flags)
  ).models.put(provider, modelName, {
    ...(flags.maxTokens === undefined ? {} : { max_tokens: flags.maxTokens }),
    ...(flags.streaming ? {} : { supports_streaming: false }),
  });
  if (flags.json === true) return printJson(model);
  await print(`${model.id} is allowed.`);
}

export async function deleteModelCommand(id: string, flags: LedgerFlags): Promise<void> {
  const { provider, model_name: modelName } = await readModel(id, flags);
  await (await connect(flags)).models.delete(provider, modelName);
  if (flags.json === true) return printJson({ deleted: id });
  await print(`${id} is off the list; its executions, prices and counts stay.`);
}
