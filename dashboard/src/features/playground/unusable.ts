/** Says why the input cannot be sent; nothing of it is lost. */
export class Unusable extends Error {}
