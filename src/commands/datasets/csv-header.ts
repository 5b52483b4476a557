/** The part of an item that a column fills. */
export type CsvPlace = 'external_id' | 'expected' | 'metadata' | 'variables' | 'variable' | 'metadata member';

export interface CsvColumn {
  readonly place: CsvPlace;
  /** The name of the variable, or of the metadata member. */
  readonly name: string;
  /** Whether the cells are JSON, where an empty one means no value; otherwise they are texts. */
  readonly isJson: boolean;
}

const JSON_MARK = ':json';

/**
 * Reads the names of the columns. `external_id`, `expected`, `metadata` and `metadata.NAME` are members of the item, and all others are
 * variables. `variables.NAME` is the variable NAME even if it is called like a member. The cells of `NAME:json` are JSON.
 * @param refuse gets the column, counted from 1.
 */
export function readHeader(
  names: readonly string[],
  jsonColumns: ReadonlySet<string>,
  refuse: (column: number, message: string) => never,
): CsvColumn[] {
  const seen = new Map<string, number>();
  const columns = names.map((header, index) => {
    const isMarked = header.endsWith(JSON_MARK);
    const bare = isMarked ? header.slice(0, -JSON_MARK.length) : header;
    const { place, name } = toPlace(bare);
    const isJson = isMarked || jsonColumns.has(bare) || place === 'metadata' || place === 'variables';
    if (bare === '' || (name === '' && place !== 'variable' && bare.endsWith('.')))
      refuse(index + 1, 'the column has no name');
    if (name === '__proto__') refuse(index + 1, '"__proto__" is a name that is not allowed');
    const key = `${place} ${name}`;
    const before = seen.get(key);
    if (before !== undefined) refuse(index + 1, `column ${before} has the same name`);
    seen.set(key, index + 1);
    return { place, name, isJson };
  });
  for (const name of jsonColumns) {
    if (!names.some((header) => header === name || header === `${name}${JSON_MARK}`))
      refuse(1, `there is no column ${JSON.stringify(name)}, which --json-columns names`);
  }
  const hasBoth = (one: CsvPlace, other: CsvPlace) =>
    columns.some(({ place }) => place === one) && columns.some(({ place }) => place === other);
  if (hasBoth('variables', 'variable'))
    refuse(1, '"variables" cannot be combined with columns of single variables');
  if (hasBoth('metadata', 'metadata member'))
    refuse(1, '"metadata" cannot be combined with columns of its members');
  return columns;
}

function toPlace(name: string): Pick<CsvColumn, 'place' | 'name'> {
  if (name === 'external_id' || name === 'expected' || name === 'metadata' || name === 'variables') {
    return { place: name, name: '' };
  }
  if (name.startsWith('metadata.')) return { place: 'metadata member', name: name.slice('metadata.'.length) };
  if (name.startsWith('variables.')) return { place: 'variable', name: name.slice('variables.'.length) };
  return { place: 'variable', name };
}

/** The name of a column for a variable, which {@link readHeader} reads as that variable. */
export function headerOfVariable(name: string, isJson: boolean): string {
  const isPlain =
    name !== '' &&
    toPlace(name).place === 'variable' &&
    !name.startsWith('variables.') &&
    !name.endsWith(JSON_MARK);
  return `${isPlain ? '' : 'variables.'}${name}${isJson || name.endsWith(JSON_MARK) ? JSON_MARK : ''}`;
}

/** Whether the name alone makes the cells JSON: a variable whose name ends in the mark needs a second one. */
export function needsJson(name: string): boolean {
  return name.endsWith(JSON_MARK);
}
