import './today.css'
import { useLang } from '@/i18n'
import { sum } from '@/money/fen'
import { DataTable } from '@/pattern/layout/DataTable'
import { Money } from '@/pattern/money/Money'
import { MoneyBar } from '@/pattern/money/MoneyBar'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { OutcomeChip } from '@/pattern/outcome/Outcome'
import type { Budget } from './model'

/** The year's money, measure by measure: paid solid, held hatched, free empty. */
export function Budgets({ rows }: { rows: Budget[] }) {
  const { d, say } = useLang()
  return (
    <DataTable
      caption={d.today.budgets}
      rows={rows}
      rowKey={(b) => b.measure}
      compact
      columns={[
        {
          key: 'measure',
          title: d.today.measure,
          main: true,
          render: (b) => (
            <span className="budget-name">
              <b>{say(b.name)}</b>
              {b.clause && <ClauseRef clause={b.clause} />}
            </span>
          ),
        },
        { key: 'bar', title: '', width: '30%', render: (b) => <MoneyBar paid={b.paid_fen} held={b.held_fen} ceiling={b.ceiling_fen} /> },
        { key: 'ceiling', title: d.money.ceiling, number: true, render: (b) => <Money fen={b.ceiling_fen} overview bare /> },
        { key: 'source', title: d.today.ceilingFrom, render: (b) => <span className="note">{say(b.source)}</span> },
        { key: 'paid', title: d.money.paid, number: true, render: (b) => <Money fen={b.paid_fen} overview bare /> },
        { key: 'held', title: d.money.held, number: true, render: (b) => <Money fen={b.held_fen} overview bare /> },
        {
          key: 'free',
          title: d.money.free,
          number: true,
          render: (b) =>
            b.blocked_by ? <OutcomeChip outcome="undecided" text={`${d.outcome.undecided} ${b.blocked_by}`} /> : <Money fen={b.free_fen} overview bare />,
        },
      ]}
      foot={
        rows.length > 1 && (
          <tr>
            <td className="main">{d.money.total}</td>
            <td data-label="" />
            <td className="num right" data-label={d.money.ceiling}>
              <Money fen={sum(rows.map((b) => b.ceiling_fen))} overview bare />
            </td>
            <td data-label="" />
            <td className="num right" data-label={d.money.paid}>
              <Money fen={sum(rows.map((b) => b.paid_fen))} overview bare />
            </td>
            <td className="num right" data-label={d.money.held}>
              <Money fen={sum(rows.map((b) => b.held_fen))} overview bare />
            </td>
            <td className="num right" data-label={d.money.free}>
              <Money fen={sum(rows.map((b) => b.free_fen))} overview bare />
            </td>
          </tr>
        )
      }
    />
  )
}
