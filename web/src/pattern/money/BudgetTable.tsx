import './money.css'
import { Link } from 'react-router'
import { useLang, type Text } from '@/i18n'
import { sum, type Fen } from '@/money/fen'
import { DataTable, type Column } from '../layout/DataTable'
import { ClauseRef, type Clause } from '../outcome/ClauseRef'
import { OutcomeChip } from '../outcome/Outcome'
import { Money } from './Money'
import { MoneyBar } from './MoneyBar'

/** The money of one measure, of one purse or of all together. */
export interface BudgetLine {
  key: string
  name: Text
  clause: Clause | null
  /** Whose money it is, where the purses stand apart. */
  purse?: string | undefined
  /** The page with the budget orders behind it, where the reader may open it. */
  orders?: string | undefined
  /** Where the ceiling comes from. */
  source?: Text | null | undefined
  ceiling_fen: Fen
  /** What has reached the budget so far. */
  granted_fen?: Fen | undefined
  paid_fen: Fen
  held_fen: Fen
  free_fen: Fen
  /** Nothing may be paid before a ruling; the question where it is known, else empty. */
  blocked_by: string | null
}

interface Sum extends Column<BudgetLine> {
  /** The amount of a row, for the total. */
  of?: (line: BudgetLine) => Fen
}

/** The year's money, line by line and in total: paid solid, held hatched, free empty. */
export function BudgetTable({ rows }: { rows: BudgetLine[] }) {
  const { d, say } = useLang()
  const amount = (key: string, title: string, of: (line: BudgetLine) => Fen): Sum => ({ key, title, number: true, of, render: (b) => <Money fen={of(b)} overview bare /> })
  const columns: Sum[] = [
    {
      key: 'measure',
      title: d.today.measure,
      main: true,
      render: (b) => (
        <span className="budget-name">
          <b>{say(b.name)}</b> {b.clause && <ClauseRef clause={b.clause} />}
          {b.orders && (
            <Link to={b.orders} className="note">
              {d.budget.behind}
            </Link>
          )}
        </span>
      ),
    },
  ]
  if (rows.some((b) => b.purse)) columns.push({ key: 'purse', title: d.ledger.purse, render: (b) => b.purse })
  columns.push({ key: 'bar', title: '', width: '22%', render: (b) => <MoneyBar paid={b.paid_fen} held={b.held_fen} ceiling={b.ceiling_fen} /> })
  columns.push(amount('ceiling', d.money.ceiling, (b) => b.ceiling_fen))
  if (rows.some((b) => b.source)) columns.push({ key: 'source', title: d.today.ceilingFrom, render: (b) => <span className="note">{say(b.source)}</span> })
  if (rows.some((b) => b.granted_fen)) columns.push(amount('granted', d.ledger.granted, (b) => b.granted_fen ?? '0'))
  columns.push(amount('paid', d.money.paid, (b) => b.paid_fen), amount('held', d.money.held, (b) => b.held_fen))
  const free = amount('free', d.money.free, (b) => b.free_fen)
  columns.push({ ...free, render: (b) => (b.blocked_by === null ? free.render(b) : <OutcomeChip outcome="undecided" text={`${d.outcome.undecided} ${b.blocked_by}`.trim()} />) })
  const total = (
    <tr>
      {columns.map(({ key, title, main, number, of }) => (
        <td key={key} className={main ? 'main' : number ? 'num right' : ''} data-label={of ? title : ''}>
          {main ? d.money.total : of && <Money fen={sum(rows.map(of))} overview bare />}
        </td>
      ))}
    </tr>
  )
  return <DataTable caption={d.today.budgets} rows={rows} rowKey={(b) => b.key} compact columns={columns} foot={rows.length > 1 && total} />
}
