import type { Lang } from '@/i18n'

/** Programme time is Asia/Shanghai everywhere; the reader's own zone never shifts a date. */
const ZONE = 'Asia/Shanghai'
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

interface Day {
  year: number
  month: number
  day: number
}

/** The calendar day of a date ("2025-10-22") or of an instant (RFC 3339). */
function dayOf(value: string): Day | null {
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value)
  if (date) return { year: Number(date[1]), month: Number(date[2]), day: Number(date[3]) }
  const instant = new Date(value)
  if (Number.isNaN(instant.getTime())) return null
  const [year, month, day] = isoIn(instant).split('-').map(Number)
  return { year: year ?? 0, month: month ?? 0, day: day ?? 0 }
}

function isoIn(instant: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit' }).format(instant)
}

/** For tables: 2025-10-22; in English 22 Oct 2025. */
export function tableDate(value: string | null | undefined, lang: Lang): string {
  const d = value ? dayOf(value) : null
  if (!d) return '—'
  if (lang === 'en') return `${d.day} ${MONTHS[d.month - 1]} ${d.year}`
  return `${d.year}-${String(d.month).padStart(2, '0')}-${String(d.day).padStart(2, '0')}`
}

/** On an axis: 10月; in English Oct. */
export const monthName = (month: number, lang: Lang): string => (lang === 'en' ? (MONTHS[month - 1] ?? '') : `${month}月`)

/** For sentences: 10月22日; in English 22 Oct. */
export function sentenceDate(value: string | null | undefined, lang: Lang): string {
  const d = value ? dayOf(value) : null
  if (!d) return '—'
  return lang === 'en' ? `${d.day} ${MONTHS[d.month - 1]}` : `${d.month}月${d.day}日`
}

/** For the head of the page: 2025年10月22日 周三; in English Wed 22 Oct 2025. */
export function headDate(value: string, lang: Lang): string {
  const d = dayOf(value)
  if (!d) return ''
  const weekday = new Date(Date.UTC(d.year, d.month - 1, d.day)).getUTCDay()
  if (lang === 'en') return `${['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][weekday]} ${tableDate(value, lang)}`
  return `${d.year}年${d.month}月${d.day}日 周${'日一二三四五六'[weekday]}`
}

/** Hour and minute in programme time: 18:00. */
export function clockTime(instant: string | null | undefined): string {
  if (!instant) return '—'
  const at = new Date(instant)
  if (Number.isNaN(at.getTime())) return '—'
  return new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, hour: '2-digit', minute: '2-digit' }).format(at)
}

/** Day and time for evidence and audit; the zone is named there. */
export function stampTime(instant: string | null | undefined, lang: Lang): string {
  return instant ? `${tableDate(instant, lang)} ${clockTime(instant)}` : '—'
}
