# For pipelines that speak gyp: one target that runs the CMake build. npm and node-gyp look for binding.gyp, find none,
# and so leave building to the install script.
{
  'targets': [
    {
      'target_name': 'srtp_anchor',
      'type': 'none',
      'actions': [
        {
          'action_name': 'cmake_build',
          'message': 'Building srtp_anchor.node with CMake',
          'inputs': [
            'CMakeLists.txt',
            '<!@(node scripts/gyp-action.mjs --inputs)',
          ],
          'outputs': ['<(PRODUCT_DIR)/srtp_anchor.node'],
          'action': ['node', 'scripts/gyp-action.mjs', '<(INTERMEDIATE_DIR)', '<@(_outputs)'],
        },
      ],
    },
  ],
}
