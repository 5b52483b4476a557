/** A refusing model says so at once. Text further down is part of an answer. */
const LOOKED_AT_CHARS = 300;

/** Finish reasons with which a vendor marks a refusal. */
const REFUSING_REASONS: readonly string[] = ['content_filter', 'refusal', 'safety'];

const CANNOT = String.raw`(?:can(?:no|['’])?t|can not|am (?:un|not )able to|won['’]?t|will not|must decline to|have to decline to|do not feel comfortable|don['’]?t feel comfortable)`;
const DO = String.raw`(?:help|assist|comply|fulfil|fulfill|provide|support|answer|create|generate|write|produce|continue|engage|do that|discuss|share)`;

const REFUSALS: readonly RegExp[] = [
  new RegExp(String.raw`\bi(?:['’]m sorry,? (?:but )?i)? (?:really )?${CANNOT}\b.{0,40}\b${DO}`, 'i'),
  new RegExp(
    String.raw`\b(?:i['’]m|i am) (?:unable|not able|not allowed|not permitted|not comfortable)\b`,
    'i',
  ),
  /^\W*(?:i['’]m |i am )?(?:very )?sorry,? (?:but )?(?:i |that |this )?(?:can|could|am|isn|is not|not)/i,
  /\bas an ai\b.{0,60}\b(?:can(?:no|['’])?t|not able|unable|don['’]?t)\b/i,
  /\b(?:violates?|against) (?:my|our|the|openai|content) (?:\w+ ){0,3}(?:polic|guideline|rules|programming)/i,
  /^\W*i (?:must|have to|need to) (?:respectfully )?(?:decline|refuse)\b/i,
  /^\W*i (?:respectfully )?(?:decline|refuse) to\b/i,
  /^\W*(?:es )?tut mir leid,? (?:aber )?(?:ich|dabei|das|das kann)/i,
  /^\W*(?:das )?kann ich (?:leider )?nicht\b/i,
  /^\W*(?:je suis désolée?|désolée?),? (?:mais )?je ne (?:peux|suis)/i,
  /^\W*lo siento,? (?:pero )?no puedo\b/i,
];

/** Returns whether an answer is a refusal, by how models phrase it (mostly in English) and by the vendor's finish reason. */
export function isRefusal(text: string, finishReason: string | null): boolean {
  if (finishReason !== null && REFUSING_REASONS.includes(finishReason.toLowerCase())) return true;
  const beginning = text.trimStart().slice(0, LOOKED_AT_CHARS).replace(/\s+/g, ' ');
  return REFUSALS.some((refusal) => refusal.test(beginning));
}
