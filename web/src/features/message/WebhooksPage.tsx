import './message.css'
import { Button, Popconfirm } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { tableDate } from '@/calendar/date'
import { Once } from '@/features/party/Once'
import { useSession } from '@/features/session/session'
import { TextField } from '@/features/session/TextField'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { addWebhook, changeWebhook, removeWebhook, rotateSecret, testWebhook, useWebhooks, type Webhook } from './api'
import { Pushes } from './Pushes'

/** Where the organisation's own systems hear of messages; its managers' affair. */
export default function WebhooksPage() {
  const { d } = useLang()
  const org = useSession().active?.org?.code ?? ''
  const hooks = useWebhooks(org)
  const [q] = useFilter('q')
  const [open] = useFilter('hook')
  const shown = hooks.data?.find((h) => h.id === open) ?? hooks.data?.[0]
  return (
    <>
      <PageHead title={d.message.webhooks} crumbs={<Link to="/messages">{d.message.title}</Link>} sentence={d.message.webhooksSentence} />
      <div className="columns">
        <div className="stack">
          <Card title={d.message.webhookList} extra={<SearchFilter name="q" label={d.message.findWebhook} />} flush>
            <Loaded query={hooks}>
              {(all) => {
                const rows = all.filter((h) => h.url.toLowerCase().includes(q.toLowerCase()))
                if (rows.length > 0) return <Rows org={org} rows={rows} open={shown?.id} />
                return <Empty title={all.length > 0 ? d.message.noWebhookFound : d.message.noWebhooks} next={all.length > 0 ? <Link to="/webhooks">{d.app.clearFilters}</Link> : d.message.noWebhooksNext} />
              }}
            </Loaded>
          </Card>
          {shown && <Pushes org={org} hook={shown} />}
        </div>
        <NewWebhook org={org} />
      </div>
    </>
  )
}

function Rows({ org, rows, open }: { org: string; rows: Webhook[]; open: string | undefined }) {
  const { d, lang } = useLang()
  const [, show] = useFilter('hook')
  const change = useWrite(changeWebhook(org))
  const remove = useWrite(removeWebhook(org))
  const rotate = useWrite(rotateSecret(org))
  const test = useWrite(testWebhook(org), (_, id) => show(id))
  const error = change.error ?? remove.error ?? rotate.error ?? test.error
  const busy = [change, remove, rotate, test].some((w) => w.isPending)
  return (
    <>
      {error && <ErrorPanel error={error} />}
      {rotate.data && <Once label={d.message.secretOnce} secret={rotate.data.secret} />}
      <DataTable
        caption={d.message.webhookList}
        rows={rows}
        rowKey={(h) => h.id}
        selected={(h) => h.id === open}
        columns={[
          {
            key: 'url',
            title: d.message.url,
            main: true,
            render: (h) => (
              <>
                <button type="button" className="link-button break" aria-pressed={h.id === open} onClick={() => show(h.id)}>
                  {h.url}
                </button>
                <div className="note">{tableDate(h.created, lang)}</div>
              </>
            ),
          },
          { key: 'state', title: d.message.state, width: '110px', render: (h) => <HookState hook={h} /> },
          {
            key: 'acts',
            title: d.message.acts,
            render: (h) => (
              <span className="row message-acts">
                <Button size="small" disabled={busy || !h.active} onClick={() => test.mutate(h.id)}>
                  {d.message.test}
                </Button>
                <Button size="small" disabled={busy} onClick={() => change.mutate({ id: h.id, url: h.url, active: !h.active })}>
                  {h.active ? d.message.off : d.message.on}
                </Button>
                <Popconfirm title={d.message.rotateSure} okText={d.message.rotate} cancelText={d.app.cancel} onConfirm={() => rotate.mutate(h.id)}>
                  <Button size="small" disabled={busy}>
                    {d.message.rotate}
                  </Button>
                </Popconfirm>
                <Popconfirm title={d.message.removeSure} okText={d.message.remove} cancelText={d.app.cancel} onConfirm={() => remove.mutate(h.id)}>
                  <Button size="small" danger disabled={busy}>
                    {d.message.remove}
                  </Button>
                </Popconfirm>
              </span>
            ),
          },
        ]}
      />
    </>
  )
}

function HookState({ hook }: { hook: Webhook }) {
  const { d } = useLang()
  if (hook.active) return d.message.active
  return (
    <span className="lacking">
      {d.message.inactive}
      {hook.reason === '410' && <div className="note">{d.message.gone}</div>}
    </span>
  )
}

function NewWebhook({ org }: { org: string }) {
  const { d } = useLang()
  const [url, setURL] = useState('')
  const add = useWrite(addWebhook(org), () => setURL(''))
  const problem = add.error ? Problem.from(add.error) : null
  return (
    <Card title={d.message.newWebhook}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate(url.trim())
        }}
      >
        <TextField name="url" label={d.message.url} value={url} onChange={setURL} hint={d.message.urlHint} error={problem?.of('url')} />
        {add.error && <ErrorPanel error={add.error} />}
        <div>
          <Button type="primary" htmlType="submit" disabled={add.isPending || !url.trim()}>
            {d.message.addWebhook}
          </Button>
        </div>
        {add.data && <Once label={d.message.secretOnce} secret={add.data.secret} />}
        <p className="note">{d.message.signature}</p>
      </form>
    </Card>
  )
}
