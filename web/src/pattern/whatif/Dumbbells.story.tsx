import type { Story } from '@/stories/story'
import { Dumbbells } from './Dumbbells'

export const story: Story = {
  title: '逐家前后',
  note: '空心现行，实心改后，三角少得',
  render: () => (
    <Dumbbells
      changes={[
        { key: '1', name: '黔灵数据', before_fen: '50000000', after_fen: '30000000' },
        { key: '2', name: '花溪云图', before_fen: '29800000', after_fen: '30000000' },
        { key: '3', name: '观山智联', before_fen: '18900000', after_fen: '28350000' },
        { key: '4', name: '经开视觉', before_fen: '0', after_fen: '7200000' },
        { key: '5', name: '筑城数科', before_fen: '6150000', after_fen: '6150000' },
      ]}
    />
  ),
}
