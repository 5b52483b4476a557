/** What was typed cannot be sent; the message says why, and nothing is lost. */
export class Unusable extends Error {}
