import { tableDate } from '@/calendar/date'
import { usePlaceName } from '@/features/region/api'
import { fill, useLang } from '@/i18n'
import { percent } from '@/money/fen'
import { Facts } from '@/pattern/layout/Facts'
import { Money } from '@/pattern/money/Money'
import type { Terms as Ruled } from './model'

/** What was ruled on a voucher, and by whom: none of it stands in the text. */
export function Terms({ terms: t }: { terms: Ruled }) {
  const { d, lang, say } = useLang()
  const w = d.voucher
  const place = usePlaceName()
  const services: Record<string, string> = w.services
  const valid = [fill(w.days, { n: t.valid_days }), t.latest ? fill(w.latest, { date: tableDate(t.latest, lang) }) : ''].filter(Boolean).join('，')
  const items: [string, React.ReactNode][] = [
    [w.discount, percent(t.discount)],
    [w.valid, valid],
    [w.scope, t.services.map((one) => services[one] ?? one).join('、')],
    [w.places, t.places.map((one) => say(place(one))).join(d.app.listComma)],
    [w.cap, t.cap_fen === undefined ? w.noCap : <Money key="cap" fen={t.cap_fen} />],
  ]
  return (
    <>
      <Facts items={items} />
      <p className="note">
        {t.example && <span className="chip">{w.example}</span>} {fill(w.by, { by: say(t.by), on: tableDate(t.on, lang) })} {say(t.note)}
      </p>
      <p className="note">{w.oneBill}</p>
    </>
  )
}
