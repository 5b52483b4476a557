import type { ProviderHarness } from '../../../src/modules/providers/testkit/describe-provider.testkit.js';
import type { ModelProvider } from '../../../src/modules/providers/index.js';
import type { VendorBehaviour, VendorServer } from './vendor-server.js';

export interface VendorStage {
  /** Starts the vendor and the adapter. */
  start(): Promise<void>;
  stop(): Promise<void>;
  server(): VendorServer;
  provider(): ModelProvider;
  readonly unready: ProviderHarness['unready'];
  readonly modelName: string;
}

/** Returns the harness of `describeProvider` for an adapter whose vendor is a `VendorServer`. */
export function vendorHarness(stage: VendorStage): ProviderHarness {
  const told = (behaviour: VendorBehaviour): string => {
    stage.server().behaviour = behaviour;
    return stage.modelName;
  };
  return {
    start: () => stage.start(),
    stop: () => stage.stop(),
    provider: () => stage.provider(),
    unready: stage.unready,
    scenarios: {
      answers: () => told({ kind: 'answer' }),
      status: (status, headers) => told({ kind: 'error', status, headers }),
      hangsAtStart: () => told({ kind: 'hang', at: 'start' }),
      wire: {
        hangsInBody: () => told({ kind: 'hang', at: 'body' }),
        cutsAtStart: () => told({ kind: 'cut', at: 'start' }),
        cutsInBody: () => told({ kind: 'cut', at: 'body' }),
        garbage: () => told({ kind: 'raw', body: 'data: {"garbage\n\ndata: more garbage\n\n' }),
        packets: (packetBytes) => told({ kind: 'answer', packetBytes }),
        abandoned: async () => {
          while (stage.server().lastRequest?.outcome !== 'abandoned') {
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        },
      },
    },
    expectedAnswer: (messages) => `You said: ${messages.at(-1)?.content ?? ''}`,
    sentAttemptIds: () => stage.server().attemptIds(),
  };
}
