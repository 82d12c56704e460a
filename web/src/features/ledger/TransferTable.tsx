import './ledger.css'
import { Link } from 'react-router'
import { stampTime } from '@/calendar/date'
import { useLang } from '@/i18n'
import { DataTable } from '@/pattern/layout/DataTable'
import { Money } from '@/pattern/money/Money'
import { AccountName } from './AccountName'
import type { Transfer } from './model'

/** Entries of the journal; beside a traced one, how each hangs together with it. */
export function TransferTable({ rows, relation }: { rows: Transfer[]; relation?: (t: Transfer) => string }) {
  const { d, lang, say } = useLang()
  const kinds: Record<string, string> = d.ledger.kind
  return (
    <DataTable
      caption={d.ledger.transfers}
      rows={rows}
      rowKey={(t) => t.id}
      selected={(t) => relation?.(t) === d.ledger.relation.this}
      columns={[
        {
          key: 'kind',
          title: d.ledger.kindTitle,
          width: '34%',
          main: true,
          render: (t) => (
            <>
              <Link to={`/ledger/transfers/${encodeURIComponent(t.id)}`}>
                <b>{kinds[t.kind] ?? t.kind}</b>
              </Link>{' '}
              <span className="note">{stampTime(t.at, lang)}</span>
              {relation && <span className="note"> · {relation(t)}</span>}
              {t.outcome && (
                <div className="note bad">
                  {d.ledger.refused} {say(t.reason)}
                </div>
              )}
            </>
          ),
        },
        {
          key: 'path',
          title: d.ledger.path,
          render: (t) => (
            <span className="break transfer-path">
              <AccountName path={t.from} label={t.from_label} /> → <AccountName path={t.to} label={t.to_label} />
            </span>
          ),
        },
        { key: 'amount', title: d.today.amount, number: true, render: (t) => <Money fen={t.amount_fen} /> },
      ]}
    />
  )
}
