import { stringify } from 'csv-stringify/sync';
import { JsonSource } from '../../kernel/index.js';
import { headerOfVariable, needsJson } from './csv-header.js';

/** The columns that a file needs so that its items are read back unchanged. */
export class CsvColumns {
  /** By the name of the variable: how many items have a text for it, and whether any has another value. */
  private readonly variables = new Map<string, { texts: number; hasOther: boolean }>();
  private items = 0;
  private hasId = false;
  private hasNullId = false;
  private hasExpected = false;
  private isExpectedJson = false;
  private hasMetadata = false;

  /** Examines an item, before any is written. @param text its JSON. */
  look(text: string): void {
    const source = new JsonSource(text);
    this.items += 1;
    const id = source.find(['external_id']);
    this.hasId ||= id !== null;
    this.hasNullId ||= id === 'null';
    const expected = source.find(['expected']);
    this.hasExpected ||= expected !== null;
    this.isExpectedJson ||= expected !== null && !isPlainText(expected);
    this.hasMetadata ||= source.find(['metadata']) !== null;
    const variables = new JsonSource(source.find(['variables']) ?? '{}');
    for (const name of variables.keys()) {
      const known = this.variables.get(name) ?? { texts: 0, hasOther: false };
      this.variables.set(name, known);
      if ((variables.find([name]) ?? '').startsWith('"')) known.texts += 1;
      else known.hasOther = true;
    }
  }

  get header(): string[] {
    if (this.isEmpty) return ['variables:json'];
    return [
      ...(this.hasId ? [this.hasNullId ? 'external_id:json' : 'external_id'] : []),
      ...[...this.variables.keys()].map((name) => headerOfVariable(name, this.isJson(name))),
      ...(this.hasExpected ? [this.isExpectedJson ? 'expected:json' : 'expected'] : []),
      ...(this.hasMetadata ? ['metadata:json'] : []),
    ];
  }

  cells(text: string): string[] {
    const source = new JsonSource(text);
    if (this.isEmpty) return ['{}'];
    const variables = new JsonSource(source.find(['variables']) ?? '{}');
    return [
      ...(this.hasId ? [toCell(source.find(['external_id']), this.hasNullId)] : []),
      ...[...this.variables.keys()].map((name) => toCell(variables.find([name]), this.isJson(name))),
      ...(this.hasExpected ? [toCell(source.find(['expected']), this.isExpectedJson)] : []),
      ...(this.hasMetadata ? [source.find(['metadata']) ?? ''] : []),
    ];
  }

  /** JSON is also needed where some item lacks the variable: an empty cell then means no value, not an empty text. */
  private isJson(name: string): boolean {
    const known = this.variables.get(name);
    return known === undefined || known.hasOther || known.texts < this.items || needsJson(name);
  }

  /** These items have no members, but a file needs a column. */
  private get isEmpty(): boolean {
    return this.variables.size === 0 && !this.hasId && !this.hasExpected && !this.hasMetadata;
  }
}

/** An empty text cannot be distinguished from a missing one. */
function isPlainText(json: string): boolean {
  return json.startsWith('"') && json !== '""';
}

function toCell(json: string | null, isJson: boolean): string {
  if (json === null) return '';
  return isJson ? json : (JSON.parse(json) as string);
}

/** Beginnings that spreadsheets treat as a formula or a command. */
const FORMULA = /^[=+\-@\t\r]/;

/** Returns the cell in a form that a spreadsheet shows and does not compute. */
export function neutralised(cell: string): string {
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

/** Writes a line of the file, without its end. Every cell is quoted, so that no reader has to guess. */
export function csvLine(cells: readonly string[]): string {
  return stringify([[...cells]], { quoted: true, quoted_empty: true }).replace(/\n$/, '');
}
