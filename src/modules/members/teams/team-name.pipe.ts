import { Injectable, type PipeTransform } from '@nestjs/common';
import { ValidationError } from '../../../kernel/index.js';

const TEAM_NAME = /^(?! )[^\p{Cc}\p{Cs}]{1,200}(?<! )$/u;
const TEAM_NAME_RULE = 'must be 1 to 200 characters without control characters, and no spaces at its ends';

/** Validates the name of a team, as used in `owner_team`. @throws ValidationError `VALIDATION_FAILED` */
@Injectable()
export class TeamNamePipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (TEAM_NAME.test(value)) return value;
    throw new ValidationError(`The name in the path ${TEAM_NAME_RULE}.`, [
      { pointer: '/name', message: TEAM_NAME_RULE },
    ]);
  }
}
