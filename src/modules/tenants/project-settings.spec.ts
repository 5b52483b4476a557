import { changeSettings, readSettings } from './project-settings.js';

const DEFAULTS = {
  retention_days: {},
  mask: [],
  default_model: null,
  allow_unknown_environments: true,
  callback_url: null,
};

describe('the settings of a project', () => {
  it('are the defaults where nothing was set', () => {
    expect(readSettings({})).toEqual(DEFAULTS);
  });

  it.each([
    [{}, { mask: ['ssn'] }, { mask: ['ssn'] }],
    [{ mask: ['ssn'] }, {}, { mask: ['ssn'] }],
    [{ mask: ['ssn'] }, { mask: undefined }, { mask: ['ssn'] }],
    [{ mask: ['ssn'] }, { mask: null }, {}],
    [{ mask: ['ssn'] }, { default_model: 'echo/echo' }, { mask: ['ssn'], default_model: 'echo/echo' }],
    [{ default_model: 'echo/echo' }, { default_model: null }, {}],
    [{}, { allow_unknown_environments: false }, { allow_unknown_environments: false }],
    [
      { retention_days: { prod: 30, dev: 1 } },
      { retention_days: { prod: 7 } },
      { retention_days: { prod: 7 } },
    ],
  ])('%j, changed by %j, are stored as %j', (stored, change, expected) => {
    const changed = changeSettings(stored, change);
    expect(changed).toEqual(expected);
    expect(readSettings(changed)).toEqual({ ...DEFAULTS, ...expected });
  });
});
