import { Link } from 'react-router'
import { tableDate } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { compare, format, isZero, share, sum } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { Money } from '@/pattern/money/Money'
import type { Recovery } from './model'

/** Owed and received: solid received, hatched written off, empty owed. The figures say the same in digits. */
export function MoneyCard({ recovery: r }: { recovery: Recovery }) {
  const { d } = useLang()
  const w = d.recovery
  const m = r.money
  const all = sum([m.claimed_fen, m.interest_fen])
  const figures: [name: string, fen: string, kind?: string][] = [
    [w.claimed, m.claimed_fen],
    [w.charge, m.interest_fen],
    [w.received, m.received_fen],
    [w.pending, m.pending_fen],
    [w.off, m.written_off_fen],
    [w.owed, m.owed_fen, 'owed'],
  ]
  return (
    <Card title={w.money}>
      <span className="money-bar recovery-bar" role="img" aria-label={fill(w.bar, { received: format(m.received_fen), off: format(m.written_off_fen), all: format(all) })}>
        <span className="money-bar-paid" style={{ width: `${share(m.received_fen, all)}%` }} />
        <span className="money-bar-held" style={{ width: `${share(m.written_off_fen, all)}%` }} />
      </span>
      <dl className="recovery-figures">
        {figures.filter(([name, fen]) => name !== w.pending || !isZero(fen)).map(([name, fen, kind]) => (
          <div key={name} className={kind}>
            <dt>{name}</dt>
            <dd>
              <Money fen={fen} />
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

type Due = Recovery['instalments'][number] & { n: number }

export function PlanCard({ recovery: r }: { recovery: Recovery }) {
  const { d, lang } = useLang()
  const w = d.recovery
  const columns: Column<Due>[] = [
    { key: 'n', title: w.instalments, main: true, render: (one) => fill(w.instalment, { n: one.n }) },
    {
      key: 'due',
      title: w.dueBy,
      render: (one) => (
        <>
          <span className="num">{tableDate(one.due, lang)}</span>
          {one.overdue && <div className="bad">{fill(w.late, { n: one.late_workdays })}</div>}
        </>
      ),
    },
    { key: 'amount', title: w.amount, number: true, render: (one) => <Money fen={one.amount_fen} bare /> },
    { key: 'paid', title: w.received, number: true, render: (one) => (compare(one.paid_fen, one.amount_fen) === 0 ? w.settled : <Money fen={one.paid_fen} bare />) },
  ]
  return (
    <Card title={w.instalments} flush>
      <DataTable caption={w.instalments} rows={r.instalments.map((one, i) => ({ ...one, n: i + 1 }))} rowKey={(one) => String(one.n)} columns={columns} />
    </Card>
  )
}

type Receipt = Recovery['receipts'][number]

export function ReceiptsCard({ recovery: r }: { recovery: Recovery }) {
  const { d, lang } = useLang()
  const w = d.recovery
  const columns: Column<Receipt>[] = [
    {
      key: 'bank',
      title: w.bank,
      main: true,
      render: (one) => (
        <>
          <span className="mono break">{one.bank_reference}</span>
          <div className="note">{one.payer}</div>
        </>
      ),
    },
    { key: 'on', title: w.on, render: (one) => <span className="num">{tableDate(one.on, lang)}</span> },
    { key: 'state', title: w.filterState, render: (one) => w.receiptState[one.state] },
    { key: 'amount', title: w.amount, number: true, render: (one) => <Money fen={one.amount_fen} bare /> },
  ]
  return (
    <Card title={w.receipts} flush>
      {r.receipts.length === 0 ? <p className="note card-body">{w.noReceipts}</p> : <DataTable caption={w.receipts} rows={r.receipts} rowKey={(one) => one.id} columns={columns} />}
    </Card>
  )
}

type Part = Recovery['parts'][number]

/** What each purse paid of each application, and how it stands. */
export function PursesCard({ recovery: r }: { recovery: Recovery }) {
  const { d, say } = useLang()
  const w = d.recovery
  const both = (s: Part['owed']) => sum([s.principal_fen, s.interest_fen])
  const columns: Column<Part>[] = [
    {
      key: 'purse',
      title: w.purse,
      main: true,
      render: (p) => (
        <>
          {say(p.purse_name)}{' '}
          <Link to={`/applications/${p.application}`} className="mono">
            {p.number}
          </Link>
          <div className="note">
            {say(p.measure_name)} · {w.year} {p.year}
          </div>
        </>
      ),
    },
    { key: 'paid', title: w.paid, number: true, render: (p) => <Money fen={p.paid_fen} bare /> },
    { key: 'received', title: w.received, number: true, render: (p) => <Money fen={both(p.received)} bare /> },
    { key: 'owed', title: w.owed, number: true, render: (p) => <Money fen={both(p.owed)} bare /> },
  ]
  return (
    <Card title={w.purses} flush>
      <DataTable caption={w.purses} rows={r.parts} rowKey={(p) => p.fact} columns={columns} />
    </Card>
  )
}
