import { createRequire } from 'node:module';
import { AcmeServer, type AcmeBehaviour } from '../../../../test/fakes/vendors/acme-server.js';
import { describeProvider } from './describe-provider.testkit.js';
import { listProviderClasses } from '../registry/provider-loader.js';
import type { ModelProvider } from '../provider.contract.js';

// Jest has its own resolver, which does not use the service's hook (test/e2e/models/provider-modules).
jest.mock('prompt-ledger/provider', () => jest.requireActual<object>('../../../provider.js'), {
  virtual: true,
});

const EXAMPLE = '../../../../examples/acme.provider.js';

let server: AcmeServer;

function createAcme(settings: Record<string, string>): ModelProvider {
  const [AcmeProvider] = listProviderClasses(createRequire(__filename)(EXAMPLE), EXAMPLE);
  if (AcmeProvider === undefined) throw new Error('the example exports no provider');
  return new AcmeProvider((name) => settings[name]);
}

function told(behaviour: AcmeBehaviour): string {
  server.behaviour = behaviour;
  return 'acme-1';
}

describeProvider('acme (examples/acme.provider.js)', {
  start: async () => {
    server = await AcmeServer.start();
  },
  stop: () => server.stop(),
  provider: () => createAcme({ ACME_API_KEY: 'a-key', ACME_BASE_URL: server.baseUrl }),
  unready: () => ({ provider: createAcme({}), missing: 'ACME_API_KEY' }),
  scenarios: {
    answers: () => told({ kind: 'answer' }),
    status: (status, headers) => told({ kind: 'status', status, headers }),
    hangsAtStart: () => told({ kind: 'hang', at: 'start' }),
    wire: {
      hangsInBody: () => {
        server.abandoned = 0;
        return told({ kind: 'hang', at: 'body' });
      },
      cutsAtStart: () => told({ kind: 'cut', at: 'start' }),
      cutsInBody: () => told({ kind: 'cut', at: 'body' }),
      garbage: () => told({ kind: 'garbage' }),
      packets: (packetBytes) => told({ kind: 'answer', packetBytes }),
      abandoned: async () => {
        while (server.abandoned === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      },
    },
  },
  expectedAnswer: (messages) => `Acme heard: ${messages.at(-1)?.content ?? ''}`,
  sentAttemptIds: () => server.attemptIds,
});
