import './voucher.css'
import { Link, useParams } from 'react-router'
import { stampTime, tableDate } from '@/calendar/date'
import type { RoleName } from '@/features/session/model'
import { fill, useLang } from '@/i18n'
import { isZero, MINUS } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { Facts } from '@/pattern/layout/Facts'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { Timeline } from '@/pattern/time/Timeline'
import { ActCard } from './ActCard'
import { useVoucher } from './api'
import { Bar, FILL } from './Bar'
import { effect, type Entry, type Slice, type Voucher } from './model'
import { StateChip } from './StateChip'
import { Terms } from './Terms'

/** One voucher: what is on it, every entry with its meter reading, its terms, and what may be done. */
export default function VoucherPage() {
  const { id = '' } = useParams()
  const found = useVoucher(id)
  return (
    <Loaded query={found} lines={8}>
      {(v) => <Whole key={v.id} voucher={v} />}
    </Loaded>
  )
}

function Whole({ voucher: v }: { voucher: Voucher }) {
  const { d, lang, say } = useLang()
  const w = d.voucher
  const range = v.from && v.until ? fill(w.range, { from: tableDate(v.from, lang), until: tableDate(v.until, lang) }) : ''
  return (
    <>
      <PageHead
        title={v.number}
        plain
        crumbs={<Link to="/vouchers">{w.title}</Link>}
        sentence={
          <>
            <StateChip voucher={v} /> {[v.org_name, say(v.name), range].filter(Boolean).join(' · ')}
          </>
        }
      />
      <div className="columns">
        <div className="stack">
          <MoneyCard voucher={v} />
          {v.why && (
            <Card title={w.state[v.state]}>
              <p className="prose">{say(v.why)}</p>
            </Card>
          )}
          <Card title={w.entries} note={w.entriesNote} flush>
            {v.entries.length === 0 ? <p className="note card-body">{w.noEntries}</p> : <Entries entries={v.entries} />}
          </Card>
          <Assessment voucher={v} />
        </div>
        <div className="stack">
          {v.allowed.length > 0 && <ActCard key={v.revision} voucher={v} />}
          <Card title={w.terms}>
            <Terms terms={v.terms} />
          </Card>
          <History voucher={v} />
        </div>
      </div>
    </>
  )
}

function MoneyCard({ voucher: v }: { voucher: Voucher }) {
  const { d } = useLang()
  const w = d.voucher
  const figures: [name: string, fen: string, kind?: Slice['kind']][] = isZero(v.face_fen)
    ? [[w.asked, v.asked_fen]]
    : [
        [w.faceAmount, v.face_fen],
        [w.spent, v.spent_fen, 'spent'],
        [w.held, v.held_fen, 'held'],
        [w.free, v.free_fen, 'free'],
        [w.returned, v.returned_fen, 'back'],
        [w.expired, v.expired_fen, 'back'],
      ]
  return (
    <Card title={w.money} className="voucher-money">
      <Bar voucher={v} />
      <dl className="voucher-figures">
        {figures.map(([name, fen, kind]) => (
          <div key={name}>
            <dt>
              {kind && <i className={FILL[kind]} />}
              {name}
            </dt>
            <dd>
              <Money fen={fen} />
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

function Entries({ entries }: { entries: Entry[] }) {
  const { d, lang } = useLang()
  const w = d.voucher
  const columns: Column<Entry>[] = [
    {
      key: 'what',
      title: w.what,
      main: true,
      render: (e) => (
        <>
          <b>{w.entry[e.what]}</b>
          {e.meter !== '' && <div className="break">{fill(w.meter, { meter: e.meter })}</div>}
          {(e.bill !== '' || e.until) && <div className="note break">{[e.bill && fill(w.bill, { bill: e.bill }), e.until ? fill(w.holdUntil, { date: tableDate(e.until, lang) }) : ''].filter(Boolean).join(' · ')}</div>}
        </>
      ),
    },
    { key: 'when', title: w.when, render: (e) => <span className="num">{stampTime(e.at, lang)}</span> },
    {
      key: 'amount',
      title: w.amount,
      number: true,
      render: (e) => (
        <span className={effect(e.what) > 0 ? 'ok' : ''}>
          {{ '-1': MINUS, '0': '', '1': '+' }[effect(e.what)]}
          <Money fen={e.amount_fen} bare />
        </span>
      ),
    },
  ]
  return <DataTable caption={w.entries} rows={entries} rowKey={(e) => String(e.seq)} columns={columns} />
}

function Assessment({ voucher: v }: { voucher: Voucher }) {
  const { d } = useLang()
  const w = d.voucher
  return (
    <Card title={w.assessment} note={w.assessmentNote}>
      <Facts
        items={[
          [w.voucher, v.outcome === 'undecided' ? w.settledByRuling : d.outcome[v.outcome]],
          [w.digest, <span key="digest" className="mono break">{v.assessment_hash}</span>],
        ]}
      />
    </Card>
  )
}

function History({ voucher: v }: { voucher: Voucher }) {
  const { d, lang, say } = useLang()
  const w = d.voucher
  return (
    <Card title={w.history}>
      <Timeline
        moments={v.history.map((e, i) => ({
          key: String(i),
          when: 'past' as const,
          title: w.action[e.action as keyof typeof w.action],
          note: [stampTime(e.at, lang), e.name, e.role === '' ? w.ledger : d.role[e.role as RoleName]].filter(Boolean).join(' · '),
          detail: (
            <>
              {!isZero(e.amount_fen) && <Money fen={e.amount_fen} />}
              {say(e.note) && <p className="note break">{say(e.note)}</p>}
            </>
          ),
        }))}
      />
    </Card>
  )
}
