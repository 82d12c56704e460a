/** Amounts travel as text of fen (分) and are only ever touched as BigInt. */
export type Fen = string

/** Unit in which overviews show sums; decisions, payments and Trace always use yuan. */
export type Unit = 'yuan' | 'wan'

export interface Parts {
  negative: boolean
  /** Whole units with thousands separators. */
  whole: string
  /** Two decimals, without the point. */
  decimals: string
}

const FEN_PER: Record<Unit, bigint> = { yuan: 1n, wan: 10_000n }
export const MINUS = '−'

/** Splits an amount for display. In 万元 it rounds half up to two decimals. */
export function parts(fen: Fen, unit: Unit = 'yuan'): Parts {
  const value = BigInt(fen)
  const magnitude = value < 0n ? -value : value
  const divisor = FEN_PER[unit]
  const hundredths = (magnitude + divisor / 2n) / divisor
  const whole = (hundredths / 100n).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return { negative: value < 0n, whole, decimals: (hundredths % 100n).toString().padStart(2, '0') }
}

/** "4,687,593.63", with U+2212 before a negative amount. */
export function format(fen: Fen, unit: Unit = 'yuan'): string {
  const p = parts(fen, unit)
  return `${p.negative ? MINUS : ''}${p.whole}.${p.decimals}`
}

/** Plain digits in yuan, as they go to the clipboard or into a text field: "4687593.63". */
export function plain(fen: Fen): string {
  return format(fen).replaceAll(',', '').replace(MINUS, '-')
}

/** Reads "4,687,593.63" or "¥12480000" in yuan; null when it is no amount of whole fen. */
export function parseYuan(text: string): Fen | null {
  const match = /^([-−])?[¥￥]?\s*(\d[\d,，]*)(?:\.(\d{1,2}))?$/.exec(text.trim())
  if (!match) return null
  const whole = BigInt((match[2] ?? '').replace(/[,，]/g, ''))
  const fen = whole * 100n + BigInt((match[3] ?? '').padEnd(2, '0'))
  return (match[1] ? -fen : fen).toString()
}

export function sum(amounts: Iterable<Fen>): Fen {
  let total = 0n
  for (const amount of amounts) total += BigInt(amount)
  return total.toString()
}

export function difference(a: Fen, b: Fen): Fen {
  return (BigInt(a) - BigInt(b)).toString()
}

/** Negative, zero or positive, as for Array.sort. */
export function compare(a: Fen, b: Fen): number {
  const gap = BigInt(a) - BigInt(b)
  return gap < 0n ? -1 : gap > 0n ? 1 : 0
}

export function isZero(fen: Fen): boolean {
  return BigInt(fen) === 0n
}

/** Share of a whole in percent with two decimals, for the width of a bar. Never for a figure that is paid. */
export function share(part: Fen, whole: Fen): number {
  const w = BigInt(whole)
  if (w <= 0n) return 0
  const hundredths = (BigInt(part) * 10_000n) / w
  return Math.min(100, Math.max(0, Number(hundredths) / 100))
}

/** Percent as a rule writes it: "0.30" is "30%", "0.015" is "1.5%". */
export function percent(rate: string): string {
  const match = /^(-)?(\d+)(?:\.(\d+))?$/.exec(rate)
  if (!match) return rate
  const decimals = (match[3] ?? '').padEnd(2, '0')
  const whole = `${match[2] ?? '0'}${decimals.slice(0, 2)}`.replace(/^0+(?=\d)/, '')
  const rest = decimals.slice(2).replace(/0+$/, '')
  return `${match[1] ? MINUS : ''}${whole}${rest ? `.${rest}` : ''}%`
}

/** "1.5%" or "1.5" is the decimal fraction "0.015". */
export function fromPercent(text: string): string | null {
  const match = /^(\d{1,4})(?:\.(\d{1,4}))?\s*[%％]?$/.exec(text)
  if (!match) return null
  const digits = (match[1] ?? '').padStart(3, '0')
  const whole = digits.slice(0, -2).replace(/^0+(?=\d)/, '')
  const decimals = `${digits.slice(-2)}${match[2] ?? ''}`.replace(/0+$/, '')
  return decimals ? `${whole}.${decimals}` : whole
}
