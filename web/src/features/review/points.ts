/** Points are text from the server to the glyph; sums are of whole hundredths. */
const FORM = /^\d{1,4}(\.\d{1,2})?$/

/** Hundredths of a point; null for what is no mark. */
export function hundredths(text: string): number | null {
  if (!FORM.test(text)) return null
  const [whole = '0', part = ''] = text.split('.')
  return Number(whole) * 100 + Number(part.padEnd(2, '0'))
}

export function fromHundredths(n: number): string {
  const whole = Math.trunc(n / 100)
  const rest = String(n % 100).padStart(2, '0').replace(/0+$/, '')
  return rest ? `${whole}.${rest}` : String(whole)
}

/** Whether a mark is between nothing and the most of its criterion. */
export function fits(text: string, most: string): boolean {
  const given = hundredths(text)
  return given !== null && given <= (hundredths(most) ?? 0)
}

export const sum = (texts: string[]): string => fromHundredths(texts.reduce((total, text) => total + (hundredths(text) ?? 0), 0))
