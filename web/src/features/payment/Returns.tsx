import '@/pattern/outcome/outcome.css'
import { Button, Select } from 'antd'
import { useRef, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import type { Schemas } from '@/api/client'
import { useWrite } from '@/api/write'
import { tableDate } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Money } from '@/pattern/money/Money'
import { Paged } from '@/pattern/state/Paged'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { purseKey, uploadReturn, useReturns } from './api'

type Purse = Schemas['PaymentPurseView']

/** What the banks answered; a new one is previewed first. */
export function Returns({ purses }: { purses: Purse[] }) {
  const { d, lang, say } = useLang()
  const pays = useSession().active?.role === 'finance'
  const list = useReturns()
  const named = (given: Purse) => purses.find((p) => purseKey(p) === purseKey(given))?.name ?? given.name
  return (
    <Card title={d.payment.returns} note={d.payment.returnsNote} extra={<Link to="/payment/unmatched">{d.payment.unmatched}</Link>} flush>
      {pays && purses.length > 0 && <Upload purses={purses} />}
      <Paged query={list} empty={<Empty title={d.payment.noReturns} />}>
        {(rows) => (
          <DataTable
            caption={d.payment.returns}
            rows={rows}
            rowKey={(r) => r.id}
            columns={[
              {
                key: 'number',
                title: d.payment.file,
                main: true,
                render: (r) => (
                  <>
                    <Link to={`/payment/returns/${r.id}`} className="row-name mono">
                      {r.number}
                    </Link>{' '}
                    <span className={`chip ${r.state === 'previewed' ? 'chip-lacking' : r.state === 'accepted' ? 'chip-eligible' : ''}`}>{d.payment.returnState[r.state]}</span>
                    <div className="note break">
                      {say(named(r.purse))} · {r.name}
                    </div>
                  </>
                ),
              },
              { key: 'lines', title: d.payment.lines, number: true, render: (r) => r.lines },
              { key: 'paid', title: d.payment.done, number: true, render: (r) => (r.paid.count ? <span><Money fen={r.paid.amount_fen} /> <span className="note">{fill(d.payment.orderCount, { n: r.paid.count })}</span></span> : <span className="faint">—</span>) },
              { key: 'failed', title: d.payment.failedSum, number: true, render: (r) => r.failed.count || <span className="faint">—</span> },
              { key: 'bad', title: d.payment.bad, number: true, render: (r) => (r.bad ? <b className="bad">{r.bad}</b> : <span className="faint">—</span>) },
              { key: 'at', title: d.payment.day, render: (r) => <span className="num">{tableDate(r.accepted_at ?? r.at, lang)}</span> },
            ]}
          />
        )}
      </Paged>
    </Card>
  )
}

function Upload({ purses }: { purses: Purse[] }) {
  const { d, say } = useLang()
  const navigate = useNavigate()
  const input = useRef<HTMLInputElement>(null)
  const [purse, setPurse] = useState(purses[0] ? purseKey(purses[0]) : '')
  const send = useWrite(uploadReturn(purse), (made) => void navigate(`/payment/returns/${made.id}${made.repeated ? '?repeated=1' : ''}`))
  return (
    <div className="card-body">
      <div className="upload-row">
        <Select aria-label={d.payment.uploadFor} value={purse} onChange={setPurse} options={purses.map((p) => ({ value: purseKey(p), label: say(p.name) }))} />
        <input
          ref={input}
          type="file"
          hidden
          accept=".csv,text/csv"
          aria-label={d.payment.chooseFile}
          onChange={(event) => {
            const file = event.target.files?.[0]
            if (file) send.mutate(file)
            event.target.value = ''
          }}
        />
        <Button disabled={send.isPending} onClick={() => input.current?.click()}>
          {d.payment.upload}
        </Button>
      </div>
      {send.error && <ErrorPanel error={send.error} />}
    </div>
  )
}
