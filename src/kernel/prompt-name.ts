/** ASCII only: a name is an identifier in URLs, logs and code, and look-alike letters could disguise another name. */
export const PROMPT_NAME = /^[A-Za-z0-9_\-./]{1,200}$/;

export const PROMPT_NAME_RULE = 'must be 1 to 200 characters of letters, digits, "_", "-", "." and "/"';
