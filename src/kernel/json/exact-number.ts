const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** A JSON number that JavaScript would write differently than it was sent, with its original text. */
export class ExactNumber {
  /** The nearest double, for computing; infinite for a number like `1e400`. */
  readonly value: number;

  /** @param text a JSON number. */
  constructor(readonly text: string) {
    this.value = Number(text);
  }

  /** A normal form: equal for equal numbers however they are written, such as `1.10` and `110e-2`. Takes linear time. */
  get digits(): string {
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(this.text) ?? [];
    const digits = (whole + fraction).replace(/^0+/, '');
    if (digits === '') return '0';
    const power = Number(exponent) - fraction.length;
    // No one computes with such a number, so its exponent is not worth normalising.
    if (!Number.isSafeInteger(power)) return this.text;
    let end = digits.length;
    while (digits.endsWith('0', end)) end -= 1;
    return `${sign}${digits.slice(0, end)}e${power + digits.length - end}`;
  }

  /** Whether the nearest double, as JavaScript writes it, equals this number: true for 1.0, false for 2^53 + 1. */
  get isDouble(): boolean {
    return Number.isFinite(this.value) && new ExactNumber(String(this.value)).digits === this.digits;
  }
}
