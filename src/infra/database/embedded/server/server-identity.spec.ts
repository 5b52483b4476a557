import { canEnter, commandAs, findAccount } from './server-identity.js';

describe('findAccount', () => {
  const passwd =
    'root:x:0:0:root:/root:/bin/bash\npostgres:x:101:104:PostgreSQL,,,:/var/lib/postgresql:/bin/bash\n';

  it('reads the ids of an account', () => {
    expect(findAccount(passwd, 'postgres')).toEqual({ uid: 101, gid: 104 });
  });

  it('finds neither a missing account nor the superuser', () => {
    expect(findAccount(passwd, 'nobody')).toBeNull();
    expect(findAccount(passwd, 'post')).toBeNull();
    expect(findAccount(passwd, 'root')).toBeNull();
  });
});

describe('canEnter', () => {
  const account = { uid: 101, gid: 104 };

  it.each([
    ['its own folder', { uid: 101, gid: 0, mode: 0o40700 }, true],
    ['its own folder that only others may enter', { uid: 101, gid: 0, mode: 0o40077 }, false],
    ['a folder of its group', { uid: 0, gid: 104, mode: 0o40710 }, true],
    ['a folder that everyone but its group may enter', { uid: 0, gid: 104, mode: 0o40705 }, false],
    ['a folder that everyone may enter', { uid: 0, gid: 0, mode: 0o40711 }, true],
    ["root's closed folder", { uid: 0, gid: 0, mode: 0o40700 }, false],
  ])('decides about %s', (_, folder, expected) => {
    expect(canEnter(account, folder)).toBe(expected);
  });
});

describe('commandAs', () => {
  it('starts the program itself, with the ids if there are any', () => {
    expect(commandAs({ kind: 'self' }, 'postgres', ['-D', 'x'])).toEqual({
      program: 'postgres',
      args: ['-D', 'x'],
      ids: {},
    });
    expect(commandAs({ kind: 'user', uid: 101, gid: 104 }, 'postgres', []).ids).toEqual({
      uid: 101,
      gid: 104,
    });
  });

  it('goes through unshare for a namespace, and lets no argument pass for one of its own', () => {
    const { program, args, ids } = commandAs({ kind: 'namespace' }, '/opt/postgres', ['-D', 'x']);
    expect(program).toBe('unshare');
    expect(args.slice(args.indexOf('--'))).toEqual(['--', '/opt/postgres', '-D', 'x']);
    expect(ids).toEqual({});
  });
});
