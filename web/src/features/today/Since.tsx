import { tableDate } from '@/calendar/date'
import { fill, useLang } from '@/i18n'

/** Since when something waits, and how many working days that makes. */
export function Since({ day, waited }: { day: string; waited: number }) {
  const { d, lang } = useLang()
  return (
    <span className="num">
      {tableDate(day, lang)}
      {waited > 0 && <div className="note">{fill(d.today.waited, { n: waited })}</div>}
    </span>
  )
}
