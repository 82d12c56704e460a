import { Problem } from '@/api/problem'
import type { Story } from '@/stories/story'
import { Empty, ErrorPanel, Loading, NoRight } from './states'

export const story: Story = {
  title: '空、载、错、无权',
  note: '出了什么，没动什么，怎么办',
  render: () => (
    <>
      <Empty title="今天没有等您的事" next="下一件：10月24日，示范场景公示期满" />
      <Loading />
      <ErrorPanel error={new Problem({ code: 'conflict', status: 409, detail: '程向南已于 10:20 退回此件。', request_id: 'req_7f2' })} onRetry={() => undefined} />
      <NoRight />
    </>
  ),
}
