import { request as sendRaw } from 'node:http';
import type { ApiBody } from '../../support/api-client.js';

export interface BrowserAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The parsed JSON; an empty object where the answer is not JSON. */
  readonly body: ApiBody;
}

/** A browser as far as cookies are concerned: it stores them, sends them back, and follows no redirect by itself. */
export class Browser {
  readonly cookies = new Map<string, string>();
  csrfToken: string | null = null;

  constructor(readonly url: string) {}

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<BrowserAnswer> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    return this.exchange(method, path, text, { ...json, ...headers });
  }

  /** Sends a form as a page would. */
  submit(path: string, form: string): Promise<BrowserAnswer> {
    return this.exchange('POST', path, form, { 'content-type': 'application/x-www-form-urlencoded' });
  }

  private async exchange(
    method: string,
    path: string,
    text: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<BrowserAnswer> {
    const url = new URL(path, this.url);
    const answer = await new Promise<BrowserAnswer>((resolve, reject) => {
      const request = sendRaw(
        url,
        {
          method,
          headers: {
            ...(this.cookies.size === 0 ? {} : { cookie: this.cookieHeader }),
            ...(this.csrfToken === null || method === 'GET' ? {} : { 'x-csrf-token': this.csrfToken }),
            ...(method === 'GET' ? {} : { 'content-length': String(Buffer.byteLength(text)) }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const received = Buffer.concat(chunks).toString();
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: received,
              body: received.startsWith('{') ? (JSON.parse(received) as ApiBody) : {},
            });
          });
        },
      );
      request.on('error', reject);
      request.end(text);
    });
    this.keep(answer);
    return answer;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<BrowserAnswer> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<BrowserAnswer> {
    return this.send('POST', path, body, headers);
  }

  /** Signs in with a key, and keeps the CSRF token as a page would. */
  async signIn(key: string): Promise<BrowserAnswer> {
    const answer = await this.post('/auth/session', { api_key: key });
    if (answer.status === 200) this.csrfToken = String(answer.body['csrf_token']);
    return answer;
  }

  /** Copies the cookies into another browser. */
  steal(): Browser {
    const thief = new Browser(this.url);
    for (const [name, value] of this.cookies) thief.cookies.set(name, value);
    thief.csrfToken = this.csrfToken;
    return thief;
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  private keep({ headers }: BrowserAnswer): void {
    for (const cookie of [headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/;\s*max-age=0(?:;|$)/i.test(cookie)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}
