/** Says why the input cannot be sent. The input is kept. */
export class Unusable extends Error {}
