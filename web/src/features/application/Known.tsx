import './form.css'
import { Link } from 'react-router'
import { tableDate } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { format } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import type { Form, Stated } from './model'

type Said = Stated['fields'][number]

/** What others have vouched for: shown with its source, and not asked. */
export function KnownCard({ known }: { known: Stated[] }) {
  const { d } = useLang()
  return (
    <Card title={d.form.known} note={d.form.knownNote}>
      <Statements statements={known} />
    </Card>
  )
}

/** What the organisation says of itself, for those who check it. */
export function StatedCard({ form }: { form: Form }) {
  const { d } = useLang()
  if (form.stated.length === 0) return null
  return (
    <Card title={d.form.stated} note={d.form.statedNote}>
      <Statements statements={form.stated} />
    </Card>
  )
}

function Statements({ statements }: { statements: Stated[] }) {
  const { d, say } = useLang()
  return (
    <ul className="lacks">
      {statements.map((s) => (
        <li key={s.fact.id} className="statement-fact">
          <Link to={`/evidence/facts/${encodeURIComponent(s.fact.id)}`} className="row-name">
            {say(s.text)}
          </Link>{' '}
          <span className={s.fact.attested_by === 'applicant' ? 'chip chip-lacking' : 'chip chip-eligible'}>{say(s.fact.attestor)}</span>
          <dl className="said">
            {s.fields.map((f) => (
              <div key={f.field}>
                <dt>{say(f.label)}</dt>
                <dd>
                  <Value said={f} />
                  {f.shape === 'money' && ` ${d.form.yuan}`}
                </dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  )
}

function Value({ said }: { said: Said }) {
  const value = useValue()(said)
  return <span className={said.shape === 'money' || said.shape === 'day' ? 'num' : undefined}>{value}</span>
}

/** A value in the reader's words. */
function useValue() {
  const { d, lang, say } = useLang()
  return (said: Said): string => {
    if (said.words) return say(said.words)
    if (said.shape === 'money' && /^\d+$/.test(said.value)) return format(said.value)
    if (said.shape === 'day' || said.shape === 'future_day') return tableDate(said.value, lang)
    if (said.shape === 'yes_no') return said.value === 'true' ? d.form.yes : d.form.no
    return said.value
  }
}

/** Where the organisation says otherwise than somebody whose word counts. */
export function Conflicts({ conflicts }: { conflicts: Form['conflicts'] }) {
  const { d, say } = useLang()
  const value = useValue()
  const all = (list: Said[]) => list.map(value).join(d.app.listComma)
  if (conflicts.length === 0) return null
  return (
    <Card title={d.form.conflicts}>
      <ul className="lacks">
        {conflicts.map((c) => (
          <li key={c.kind + c.field} className="lacking">
            {fill(d.form.conflict, { what: `${say(c.text)} · ${say(c.label)}`, declared: all(c.declared), by: say(c.by), vouched: all(c.vouched) })}
          </li>
        ))}
      </ul>
    </Card>
  )
}
