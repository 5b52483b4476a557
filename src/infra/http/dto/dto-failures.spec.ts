import { IsNumber, validateSync } from 'class-validator';
import { describeFailure } from './dto-failures.js';

class ShareDto {
  @IsNumber()
  share!: unknown;
}

describe('describeFailure', () => {
  it.each(['10', true, [], null, Infinity])('says of %j that it is no number', (share) => {
    const failures = validateSync(Object.assign(new ShareDto(), { share }));
    expect(failures.map(describeFailure)).toEqual(['must be a finite number']);
  });
});
