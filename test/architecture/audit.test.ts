import { listSources, read } from './tree.js';

const WRITER = 'src/modules/audit/audit.service.ts';

describe('the audit log', () => {
  it('is written in one place, which keeps secrets out of it', () => {
    const writers = listSources().filter((file) =>
      /insert\(AuditEntryEntity|INSERT INTO (?:public\.)?audit_log/i.test(read(file)),
    );
    expect(writers).toEqual([WRITER]);
    expect(read(WRITER)).toContain('before: withoutSecrets(');
  });
});
