import { readCredential, readProject, type RequestHeaders } from './request-headers.js';

it.each<[RequestHeaders, string | null]>([
  [{ 'x-project': 'shop' }, 'shop'],
  [{ 'x-project': '' }, null],
  [{ 'x-project': ['shop', 'other'] }, null],
  [{ project: 'shop' }, null],
  [{}, null],
])('the project of %j is %j', (headers, project) => {
  expect(readProject(headers)).toBe(project);
});

it.each<[RequestHeaders, string | null]>([
  [{ 'x-api-key': 'abc' }, 'abc'],
  [{ 'x-api-key': '', authorization: 'Bearer def' }, 'def'],
  [{ 'x-api-key': ['abc', 'def'] }, null],
  [{ authorization: 'BEARER   def  ' }, 'def'],
  [{ authorization: 'A Bearer def' }, null],
  [{ authorization: 'Bearer def ghi' }, null],
  [{ authorization: ['Bearer def'] }, null],
  [{ authorization: 'Bearerdef' }, null],
])('the credential of %j is %j', (headers, credential) => {
  expect(readCredential(headers)).toBe(credential);
});
