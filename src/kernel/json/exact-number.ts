const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** A JSON number that JavaScript would write in another way than it came, with the text that it came as. */
export class ExactNumber {
  /** The nearest double, for whoever computes; infinite for one like `1e400`. */
  readonly value: number;

  /** @param text a JSON number. */
  constructor(readonly text: string) {
    this.value = Number(text);
  }

  /** The same for the same number, however it is written: `1.10` and `110e-2` are one. Takes linear time. */
  get digits(): string {
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(this.text) ?? [];
    const digits = (whole + fraction).replace(/^0+/, '');
    if (digits === '') return '0';
    const power = Number(exponent) - fraction.length;
    // Nobody computes with such a number, and adding to its exponent is not worth the time.
    if (!Number.isSafeInteger(power)) return this.text;
    let end = digits.length;
    while (digits.endsWith('0', end)) end -= 1;
    return `${sign}${digits.slice(0, end)}e${power + digits.length - end}`;
  }

  /** Whether the nearest double, as JavaScript writes it, is the very number: so it is for 1.0, and not for 2^53 + 1. */
  get isDouble(): boolean {
    return Number.isFinite(this.value) && new ExactNumber(String(this.value)).digits === this.digits;
  }
}
