import './ledger.css'
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { stampTime } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { Budgets } from '@/features/today/Budgets'
import { fill, Say, useLang } from '@/i18n'
import { isZero } from '@/money/fen'
import { useUnit } from '@/money/unit'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { MoneyBarKey } from '@/pattern/money/MoneyBar'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty, ErrorPanel, Loading } from '@/pattern/state/states'
import { useAccounts, useBudgets, useTransfers, verify } from './api'
import { tree, type Check, type Node, type Transfer } from './model'

/** Budgets, the chart of accounts, the transfers, and a check of every entry. */
export default function LedgerPage() {
  const { d } = useLang()
  const { unit } = useUnit()
  const year = useSession().businessDate.slice(0, 4)
  const accounts = useAccounts()
  const budgets = useBudgets(year)
  const check = useMutation({ mutationFn: verify })
  return (
    <>
      <PageHead
        title={d.nav.ledger}
        sentence={check.data ? <Checked check={check.data} /> : accounts.data && <Say text={d.ledger.sentence} parts={{ n: <b>{accounts.data.length}</b> }} />}
        actions={
          <Button type="primary" loading={check.isPending} onClick={() => check.mutate()}>
            {d.ledger.verify}
          </Button>
        }
      />
      <div className="stack">
        {check.error && <div className="card"><ErrorPanel error={check.error} /></div>}
        <Card title={d.today.budgets} note={fill(d.today.budgetsNote, { year, unit: unit === 'wan' ? d.money.wan : d.money.yuan })} extra={<MoneyBarKey />} flush>
          <Loaded query={budgets} lines={5}>
            {(rows) => (rows.length === 0 ? <Empty title={d.ledger.noBudgets} /> : <Budgets rows={rows} />)}
          </Loaded>
        </Card>
        <div className="ledger-columns">
          <Card title={d.ledger.accounts} note={d.money.yuan} flush>
            <Loaded query={accounts} lines={6}>
              {(rows) => (rows.length === 0 ? <Empty title={d.ledger.noAccounts} /> : <AccountTree nodes={tree(rows)} />)}
            </Loaded>
          </Card>
          <Transfers />
        </div>
      </div>
    </>
  )
}

function Checked({ check }: { check: Check }) {
  const { d, lang, say } = useLang()
  return (
    <span role="status">
      {check.ok ? (
        <b className="ok">{fill(d.ledger.ok, { n: check.entries })}</b>
      ) : (
        <b className="bad">
          {d.ledger.broken} {say(check.broken)}
        </b>
      )}{' '}
      {check.at && <span className="note">{stampTime(check.at, lang)}</span>}
    </span>
  )
}

function AccountTree({ nodes }: { nodes: Node[] }) {
  const { d, say } = useLang()
  const [params] = useSearchParams()
  return (
    <DataTable
      caption={d.ledger.accounts}
      rows={nodes}
      rowKey={(n) => n.path}
      selected={(n) => n.account !== null && n.account.id === params.get('account')}
      compact
      columns={[
        {
          key: 'name',
          title: d.ledger.account,
          main: true,
          render: (n) => (
            <span style={{ paddingLeft: 14 * n.depth }} className="account-name">
              {n.account ? (
                <Link to={`/ledger?account=${encodeURIComponent(n.account.id)}`}>{say(n.account.name) || n.name}</Link>
              ) : (
                <span className="soft">{n.name}</span>
              )}
            </span>
          ),
        },
        { key: 'balance', title: d.ledger.balance, number: true, render: (n) => n.account && <Money fen={n.account.balance_fen} bare /> },
        { key: 'held', title: d.money.held, number: true, render: (n) => n.account && !isZero(n.account.held_fen) && <Money fen={n.account.held_fen} bare /> },
      ]}
    />
  )
}

function Transfers() {
  const { d } = useLang()
  const [params, setParams] = useSearchParams()
  const account = params.get('account') ?? ''
  const list = useTransfers(account)
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <Card
      title={d.ledger.transfers}
      note={account ? <span className="mono break">{account}</span> : d.ledger.allAccounts}
      extra={
        account && (
          <button type="button" className="link-button" onClick={() => setParams({}, { replace: true })}>
            {d.ledger.allAccounts}
          </button>
        )
      }
      flush
    >
      {list.isPending && <Loading lines={6} />}
      {list.isError && <ErrorPanel error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && rows.length === 0 && <Empty title={d.ledger.noTransfers} />}
      {rows.length > 0 && <TransferTable rows={rows} />}
      {list.hasNextPage && (
        <div className="card-body">
          <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
            {d.app.more}
          </Button>
        </div>
      )}
    </Card>
  )
}

export function TransferTable({ rows }: { rows: Transfer[] }) {
  const { d, lang, say } = useLang()
  return (
    <DataTable
      caption={d.ledger.transfers}
      rows={rows}
      rowKey={(t) => t.id}
      columns={[
        {
          key: 'kind',
          title: d.ledger.kindTitle,
          main: true,
          render: (t) => (
            <>
              <Link to={`/ledger/transfers/${encodeURIComponent(t.id)}`}>
                <b>{d.ledger.kind[t.kind]}</b>
              </Link>{' '}
              <span className="note">{stampTime(t.at, lang)}</span>
              <div className="note">{say(t.why)}</div>
            </>
          ),
        },
        { key: 'path', title: d.ledger.path, render: (t) => <span className="mono break transfer-path">{`${t.from} → ${t.to}`}</span> },
        { key: 'amount', title: d.today.amount, number: true, render: (t) => <Money fen={t.amount_fen} /> },
      ]}
    />
  )
}
