import { Link, useParams } from 'react-router'
import { stampTime, tableDate } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { isZero } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Facts } from '@/pattern/layout/Facts'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { Timeline } from '@/pattern/time/Timeline'
import { SecondPerson } from './SecondPerson'
import { useOrder } from './api'
import type { Line, Order } from './model'
import { StateChip } from './StateChip'

/** One budget order: its basis, its lines, the entries that the ledger made of each, and the second person's answer. */
export default function OrderPage() {
  const { id = '' } = useParams()
  const found = useOrder(id)
  return (
    <Loaded query={found} lines={8}>
      {(o) => <Whole key={o.id} order={o} />}
    </Loaded>
  )
}

function Whole({ order: o }: { order: Order }) {
  const { d, lang, say } = useLang()
  const w = d.budget
  const role = useSession().active?.role
  return (
    <>
      <PageHead
        title={o.number}
        plain
        crumbs={<Link to="/budgets">{w.title}</Link>}
        sentence={
          <>
            <StateChip state={o.state} /> {!isZero(o.given_fen) && <>{w.given} <Money fen={o.given_fen} /> </>}
            {!isZero(o.taken_fen) && <>{w.taken} <Money fen={o.taken_fen} /></>}
          </>
        }
      />
      <div className="columns">
        <div className="stack">
          <Card title={w.lines} note={fill(w.linesOf, { n: o.line_count })} flush>
            <Lines order={o} />
          </Card>
        </div>
        <div className="stack">
          {o.allowed.length > 0 && <SecondPerson key={o.revision} order={o} note={role === 'finance' && o.allowed.includes('withdraw') ? w.own : ''} />}
          <Card title={w.basis}>
            <p className="break">{o.basis}</p>
            {say(o.refusal) && o.state === 'proposed' && (
              <p className="bad break">
                {w.refusal}
                {say(o.refusal)}
              </p>
            )}
            <Facts
              items={[
                [w.year, String(o.year)],
                [w.by, o.proposed_by],
                [w.day, tableDate(o.day, lang)],
                [w.second, o.confirmed_by || '—'],
                [w.confirmedOn, o.confirmed_on ? tableDate(o.confirmed_on, lang) : '—'],
              ]}
            />
          </Card>
          <Card title={w.history}>
            <Timeline
              moments={o.history.map((e, i) => ({
                key: String(i),
                when: 'past' as const,
                title: w.action[e.action],
                note: [stampTime(e.at, lang), e.name || w.ledger].join(' · '),
                detail: say(e.note) && <p className="note break">{say(e.note)}</p>,
              }))}
            />
          </Card>
        </div>
      </div>
    </>
  )
}

function Lines({ order: o }: { order: Order }) {
  const { d, say } = useLang()
  const w = d.budget
  return (
    <DataTable
      caption={w.lines}
      rows={o.lines}
      rowKey={(l) => `${l.purse}/${l.measure}`}
      columns={[
        {
          key: 'measure',
          title: w.measure,
          width: '38%',
          main: true,
          render: (l) => (
            <>
              <b>{say(l.measure_name)}</b> <span className="note mono">{l.measure}</span>
              {l.cap_fen !== undefined && (
                <div className="note">
                  {w.cap} <Money fen={l.cap_fen} />
                </div>
              )}
            </>
          ),
        },
        { key: 'purse', title: w.purse, render: (l) => say(l.purse_name) },
        { key: 'amount', title: w.amount, number: true, render: (l) => <Money fen={l.amount_fen} bare signed /> },
        { key: 'entries', title: w.entries, render: (l) => <Entries line={l} /> },
      ]}
    />
  )
}

/** The line's entries in the books, and the orders that it took from. */
function Entries({ line: l }: { line: Line }) {
  const { d } = useLang()
  const w = d.budget
  if (l.transfers.length === 0) return <span className="faint">—</span>
  return (
    <>
      {l.transfers.map((id, i) => (
        <span key={id}>
          {i > 0 && d.app.listComma}
          <Link to={`/ledger/transfers/${encodeURIComponent(id)}`}>{fill(w.entry, { n: i + 1 })}</Link>
        </span>
      ))}
      {l.takes.map((t) => (
        <div key={t.order} className="note">
          {w.takes} <Link to={`/budgets/${t.order}`}>{t.number}</Link> <Money fen={t.amount_fen} />
        </div>
      ))}
    </>
  )
}
