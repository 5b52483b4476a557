import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { ValidationError } from '../../kernel/index.js';
import { AppConfig } from '../config/index.js';
import { AllowedHosts } from './allowed-hosts.js';
import { isPublicAddress } from './public-address.js';

export const MAX_CALLBACK_URL_LENGTH = 2048;

/** URL parsers drop or encode these in silence; whoever reads the log should see what was sent. */
const BLANK_OR_CONTROL = /[\s\p{Cc}]/u;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * Decides where a request may send this service: to the public Internet, and to what the operator allows. A name can be
 * judged only when it is resolved, at the moment of connecting ({@link createGuardedAgent}); what is plain from the URL is
 * refused with the request that brings it.
 */
@Injectable()
export class CallbackUrlPolicy {
  private readonly allowed: AllowedHosts;

  constructor(config: AppConfig) {
    this.allowed = new AllowedHosts(config.webhookAllowedHosts);
  }

  /**
   * @param pointer where the URL stands in the body, such as `/callback_url`.
   * @throws ValidationError `VALIDATION_FAILED`
   */
  assertAllowed(url: string, pointer: string): void {
    const problem = this.findProblem(url);
    if (problem === null) return;
    throw new ValidationError(`Send another ${pointer.slice(1)}: it ${problem}.`, [
      { pointer, message: problem },
    ]);
  }

  /** @returns what is wrong with the URL, such as "must be a valid URL"; null when nothing is. */
  findProblem(text: string): string | null {
    if (text.length > MAX_CALLBACK_URL_LENGTH) return `must be at most ${MAX_CALLBACK_URL_LENGTH} characters`;
    if (BLANK_OR_CONTROL.test(text) || !URL.canParse(text)) return 'must be a valid URL';
    const url = new URL(text);
    if (!(url.protocol in DEFAULT_PORTS)) return 'must begin with https:// or http://';
    if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
    return this.allowsLiteral(url) ? null : 'must lead to a public host';
  }

  /** Whether the operator vouches for this host, whatever it resolves to. */
  vouchesFor(host: string, port: number): boolean {
    return this.allowed.hasHost(host, port);
  }

  /** @param address as a resolver writes it. */
  allowsAddress(address: string): boolean {
    return isPublicAddress(address) || this.allowed.hasAddress(address);
  }

  /** The URL parser has brought all spellings of an address (decimal, octal, hex) into one. */
  private allowsLiteral(url: URL): boolean {
    const host = bareHost(url.hostname);
    const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : Number(url.port);
    if (port !== undefined && this.vouchesFor(host, port)) return true;
    if (isIP(host) !== 0) return this.allowsAddress(host);
    return !/(?:^|\.)localhost\.?$/.test(host);
  }
}

/** An IPv6 address stands in brackets in a URL, and nowhere else. */
export function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
