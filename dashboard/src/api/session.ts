import type { Me } from '@prompt-ledger/client';
import { ServiceProblem } from './service-problem';

interface SessionState {
  /** Null until the session is known. */
  readonly me: Me | null;
  /** Whether the service has said that there is no session, or that it has ended. */
  readonly isOver: boolean;
  readonly csrfToken: string | null;
  /** Id of the project to act in; null for the person's first one. */
  readonly project: string | null;
}

const PROJECT_KEY = 'prompt-ledger.project';

/** Keeps who is signed in. It lives outside React because the API client reads it for each request. */
class Session {
  private current: SessionState = {
    me: null,
    isOver: false,
    csrfToken: null,
    project: localStorage.getItem(PROJECT_KEY),
  };
  private readonly listeners = new Set<() => void>();

  readonly state = (): SessionState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Asks the service whose session this is. @throws ServiceProblem | TypeError when it does not answer. */
  async load(): Promise<void> {
    const response = await this.readMe();
    // The project that was chosen last is gone, or this person is no longer a member.
    if ([403, 404].includes(response.status) && this.current.project !== null) {
      this.choose(null);
      return this.load();
    }
    if (response.status === 401) return this.end();
    this.begin(await readAnswer<Me>(response));
  }

  async refreshToken(): Promise<void> {
    const response = await this.readMe();
    if (response.ok) this.set({ csrfToken: ((await response.json()) as Me).csrf_token });
  }

  /** @throws ServiceProblem | TypeError */
  async signIn(apiKey: string): Promise<void> {
    const response = await fetch('/auth/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ api_key: apiKey }),
    });
    const me = await readAnswer<Me>(response);
    // Another key may not have access to the previous project.
    if (!me.projects.some(({ project_id }) => project_id === this.current.project)) this.choose(null);
    this.begin(me);
    if (this.current.project !== null) await this.load();
  }

  /** @throws ServiceProblem | TypeError */
  async signOut(): Promise<void> {
    const token = this.current.csrfToken;
    const headers = token === null ? {} : { 'x-csrf-token': token };
    const response = await fetch('/auth/logout', { method: 'POST', headers });
    if (!response.ok) await readAnswer(response);
    this.set({ me: null, isOver: true, csrfToken: null });
  }

  /** Acts in another project from now on. */
  choose(project: string | null): void {
    if (project === null) localStorage.removeItem(PROJECT_KEY);
    else localStorage.setItem(PROJECT_KEY, project);
    this.set({ project });
  }

  /** Ends the session after the service has refused it. The identity stays, so that the page behind the sign-in stays too. */
  end(): void {
    if (!this.current.isOver) this.set({ isOver: true, csrfToken: null });
  }

  private readMe(): Promise<Response> {
    const { project } = this.current;
    return fetch('/v1/me', { cache: 'no-store', headers: project === null ? {} : { 'x-project': project } });
  }

  private begin(me: Me): void {
    this.set({ me, isOver: false, csrfToken: me.csrf_token });
  }

  private set(change: Partial<SessionState>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener();
  }
}

async function readAnswer<T>(response: Response): Promise<T> {
  const body = (await response.json().catch(() => null)) as { code?: string; detail?: string } | null;
  if (response.ok) return body as T;
  throw new ServiceProblem(
    body?.code ?? `HTTP_${response.status}`,
    body?.detail ?? `The service answered ${response.status}.`,
  );
}

export const session = new Session();
