/** The most suggestions that fit in one sentence. */
const MOST = 3;
/** At most two typos, and only in a name long enough to make typos likely. */
const MAX_DISTANCE = 2;
const MIN_LENGTH = 5;
/** Longer than any model id; comparing a megabyte with each id would take seconds. */
const MAX_LENGTH = 300;

interface Named {
  readonly provider: string;
  readonly modelName: string;
}

/** Returns the ids of at most three models that the sender of an unknown name probably meant. */
export type SuggestModels = (asked: string) => readonly string[];

/** Suggests nothing, where no models are known. */
export const suggestNone: SuggestModels = () => [];

/**
 * Finds models for a name without its provider, with another provider, in another spelling (`gpt4o`, `claude-sonnet-4.6`), of a snapshot
 * (`gpt-4o-mini-2024-07-18`), or with a typo. Returns matches of the best kind only.
 */
export function suggestModels(allowed: readonly Named[], asked: string): readonly string[] {
  if (asked.length > MAX_LENGTH) return [];
  const kinds: ((model: Named) => boolean)[] = [
    ({ modelName }) => isSame(modelName, asked) || isSame(modelName, withoutProvider(asked)),
    (model) =>
      squeeze(toId(model)) === squeeze(asked) || squeezedNames(asked).includes(squeeze(model.modelName)),
    ({ modelName }) => isSnapshot(withoutProvider(asked), modelName),
    (model) => isSlipOfId(model, asked) || isSlip(model.modelName, withoutProvider(asked)),
  ];
  for (const isMeant of kinds) {
    const meant = allowed.filter(isMeant).map(toId);
    if (meant.length > 0) return meant.slice(0, MOST);
  }
  return [];
}

/** Returns ` Did you mean "openai/gpt-5.4"?`, or an empty text without suggestions. */
export function describeSuggestions(ids: readonly string[]): string {
  const quoted = ids.map((id) => `"${id}"`);
  const last = quoted.pop();
  if (last === undefined) return '';
  return ` Did you mean ${quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`}?`;
}

function toId({ provider, modelName }: Named): string {
  return `${provider}/${modelName}`;
}

function withoutProvider(asked: string): string {
  return asked.slice(asked.lastIndexOf('/') + 1);
}

function squeezedNames(asked: string): string[] {
  return [squeeze(asked), squeeze(withoutProvider(asked))];
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function squeeze(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Whether the name is a vendor's dated snapshot: the model's name followed by a date. */
function isSnapshot(asked: string, modelName: string): boolean {
  return (
    new RegExp(`^-?\\d{4}`).test(asked.slice(modelName.length)) &&
    isSame(asked.slice(0, modelName.length), modelName)
  );
}

/** Allows one slip in a short name, because two could turn it into any other, however long the provider makes the id. */
function isSlipOfId(model: Named, asked: string): boolean {
  const { modelName } = model;
  const most = modelName.length < MIN_LENGTH ? 1 : MAX_DISTANCE;
  return (
    isSlip(toId(model), asked) && measureDistance(modelName, withoutProvider(asked).toLowerCase()) <= most
  );
}

function isSlip(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (a.length < MIN_LENGTH || Math.abs(a.length - b.length) > MAX_DISTANCE) return false;
  return measureDistance(a, b) <= MAX_DISTANCE;
}

/** Returns the Levenshtein distance: how many characters to insert, delete or replace. */
function measureDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const exchanged = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, exchanged));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
