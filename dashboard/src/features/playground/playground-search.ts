import { given, readNumber, readText } from '../../ui/search-params';

/** The contents that the playground opens. They are removed from the address once they are open. */
export interface PlaygroundSearch {
  /** The version of a prompt. */
  readonly prompt?: string;
  readonly version?: number;
  /** Or an execution, with everything that it ran with. */
  readonly execution?: string;
}

export function parsePlaygroundSearch(search: Record<string, unknown>): PlaygroundSearch {
  return given({
    prompt: readText(search['prompt']),
    version: readNumber(search['version']),
    execution: readText(search['execution']),
  });
}
