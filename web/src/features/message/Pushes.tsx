import { stampTime } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { usePushes, type Push, type Webhook } from './api'

/** An endpoint's last ten pushes, with what the receiver said. */
export function Pushes({ org, hook }: { org: string; hook: Webhook }) {
  const { d, lang } = useLang()
  const pushes = usePushes(org, hook.id)
  return (
    <Card title={d.message.pushes} note={<span className="break">{hook.url}</span>} flush>
      <Loaded query={pushes}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={d.message.noPushes} next={d.message.noPushesNext} />
          ) : (
            <DataTable
              caption={d.message.pushes}
              rows={rows}
              rowKey={(p) => p.id}
              columns={[
                {
                  key: 'at',
                  title: d.message.at,
                  main: true,
                  width: '170px',
                  render: (p) => (
                    <>
                      <span className="num">{stampTime(p.posted, lang)}</span>
                      {p.test && <div className="note">{d.message.isTest}</div>}
                    </>
                  ),
                },
                { key: 'state', title: d.message.state, width: '130px', render: (p) => <Outcome push={p} /> },
                {
                  key: 'answer',
                  title: d.message.answer,
                  render: (p) => (
                    <span>
                      {p.status > 0 && <span className="mono">HTTP {p.status}</span>} <span className="message-answer break">{p.answer}</span>
                      {p.status === 0 && p.state !== 'skipped' && <span className="note break">{p.reason === 'not_answered' ? d.message.notAnswered : p.reason}</span>}
                    </span>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  )
}

function Outcome({ push }: { push: Push }) {
  const { d } = useLang()
  return (
    <span className={push.state === 'failed' ? 'bad' : ''}>
      {d.message.pushState[push.state]}
      {push.attempts > 1 && <div className="note">{fill(d.message.attempts, { n: push.attempts })}</div>}
    </span>
  )
}
